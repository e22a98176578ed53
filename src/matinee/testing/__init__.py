"""For the tests of programs that use Matinee: a real server, as a pytest fixture or by hand.

`plugin` is what pytest loads by itself; `server` starts one without pytest. Nothing is imported
here, since pytest pays for it in every project that Matinee is installed for.
"""
