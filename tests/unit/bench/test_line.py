"""The simulated line keeps the server's order."""

from __future__ import annotations

from bench.fleet.line import Film, Line


def a_film(number: int, account: str, *, model: str = "wan") -> Film:
    return Film(number=number, account=account, model=model, arrives_s=0.0, takes_s=1.0)


def a_line(*films: Film) -> Line:
    line = Line()
    for film in films:
        line.join(film)
    return line


def order(line: Line) -> list[int]:
    taken = []
    while (place := line.take()) is not None:
        taken.append(place.film.number)
        line.finish(place)
    return taken


def test_accounts_take_turns() -> None:
    line = a_line(*(a_film(number, "large") for number in range(3)), a_film(3, "small"))
    assert order(line) == [0, 1, 3, 2]


def test_a_film_whose_gpu_died_keeps_its_place() -> None:
    line = a_line(a_film(0, "a"), a_film(1, "a"))
    place = line.take()
    assert place is not None
    line.put_back(place)
    assert order(line) == [0, 1]


def test_a_machine_takes_only_what_it_serves() -> None:
    line = a_line(a_film(0, "a"), a_film(1, "a", model="ltx"))
    place = line.take({"ltx"})
    assert place is not None
    assert place.film.number == 1
    assert line.take({"ltx"}) is None


def test_the_warm_model_goes_first_only_where_that_is_tried() -> None:
    films = [a_film(0, "a"), a_film(1, "b", model="ltx"), a_film(2, "a", model="svd")]
    ours = a_line(*films).take(warm="ltx")
    tried = a_line(*films).take(warm="ltx", ahead=1)
    too_far = a_line(*films).take(warm="svd", ahead=0)
    assert ours is not None
    assert tried is not None
    assert too_far is not None
    assert [ours.film.number, tried.film.number, too_far.film.number] == [0, 1, 0]


def test_rounds_of_another_model_count_unless_each_has_its_own() -> None:
    behind = {}
    for counts_by_model in (False, True):
        line = Line(counts_by_model=counts_by_model)
        for number in range(10):
            line.join(a_film(number, "busy"))
        for _ in range(10):
            line.take()
        line.join(a_film(10, "large", model="ltx"))
        line.join(a_film(11, "small", model="ltx"))
        place = line.take({"ltx"})
        assert place is not None
        behind[counts_by_model] = place.priority
    assert behind == {False: 11, True: 1}
