"""What the glyphs are: who acts, who has a body, and where somebody is at home."""

from matinee.engines.animatic.shots import Setting
from matinee.engines.animatic.vocabulary.phrases import by_phrase, names

ANIMAL_FACES = names("""
    bear boar cat-face chicken cow-face dog-face dragon-face fox frog hamster horse-face koala lion
    monkey-face moose mouse-face panda pig-face polar-bear rabbit-face raccoon tiger-face unicorn
    wolf""")
"""Glyphs that show only an animal's face."""

ODD_FACES = names("""
    alien baby baby-angel clown-face cowboy-hat-face goblin grinning-face jack-o-lantern mrs-claus
    ogre robot santa-claus skull smiling-face-with-sunglasses""")
"""Faces of other beings; they wear the same bodies as the animals do."""

HUMAN_FACES = names("""
    boy child girl man man-beard old-man old-woman older-person person woman woman-red-hair
    woman-white-hair""")
"""Faces of people: each has whole figures to show instead, see FIGURES."""

FACES = ANIMAL_FACES | ODD_FACES | HUMAN_FACES

WOMEN = names("girl woman woman-red-hair woman-white-hair old-woman")
MEN = names("boy man man-beard old-man")
SMALL_PEOPLE = names("boy girl child")

FIGURES = {
    "walk": "walking",
    "run": "running",
    "dance": "dancing",
    "swim": "swimming",
    "stand": "standing",
}
"""By action, the ending of the whole figures' names: `man-walking`."""

BUSTS = names("""
    artist astronaut cook detective farmer firefighter guard health-worker judge man-genie
    man-zombie mechanic ninja office-worker person-elf person-in-tuxedo person-mage
    person-superhero person-supervillain person-with-crown person-with-veil pilot police-officer
    prince princess scientist singer student teacher technologist troll woman-artist woman-farmer
    woman-mage woman-police-officer woman-scientist woman-singer woman-student woman-superhero
    woman-teacher woman-vampire woman-with-headscarf man-vampire person-juggling """)
"""People shown from the waist up."""

WHOLE_PEOPLE = names("""
    horse-racing knight man-dancing man-merpeople man-running man-standing man-walking
    people-hugging person-biking person-bouncing-ball person-climbing person-fencing person-golfing
    person-in-bed person-in-lotus-position person-in-suit-levitating person-lifting-weights
    person-playing-water-polo person-rowing-boat person-running person-standing person-surfing
    person-swimming person-walking person-wrestling pirate samurai skier snowboarder
    woman-biking woman-dancing woman-fairy woman-merpeople woman-running woman-standing
    woman-surfing woman-swimming woman-walking""")

BEINGS = names("""
    alien-monster dragon ghost moai nesting-dolls snowman teddy-bear""")
"""Other whole figures that act."""

ANIMALS = names("""
    ant baby-chick bat beaver beetle bird bison black-cat blackbird blowfish butterfly camel cat
    chipmunk cow crab cricket crocodile deer dodo dog dolphin donkey dove duck eagle elephant ewe
    fish flamingo front-facing-baby-chick giraffe goat goose gorilla hatching-chick hedgehog
    hippopotamus honeybee horse jellyfish kangaroo lady-beetle leopard lizard llama lobster mammoth
    monkey mouse octopus orangutan otter owl ox parrot peacock penguin phoenix-bird pig poodle
    rabbit ram rat rhinoceros rooster sauropod scorpion seal shark shrimp skunk sloth snail snake
    spider spouting-whale squid swan t-rex tiger tropical-fish turkey turtle two-hump-camel
    water-buffalo whale zebra""")
"""Glyphs that show a whole animal."""

VEHICLES = names("""
    airplane ambulance articulated-lorry automobile bicycle bus canoe drone fire-engine
    flying-saucer helicopter high-speed-train hot-air-balloon locomotive motor-scooter motorcycle
    mountain-cableway pickup-truck pirate-ship police-car racing-car rocket sailboat satellite ship
    small-airplane speedboat sport-utility-vehicle submarine taxi tractor train tram-car""")

AIRCRAFT = names("""
    airplane drone flying-saucer helicopter hot-air-balloon parachute rocket satellite
    small-airplane""")
BOATS = names("canoe pirate-ship sailboat ship speedboat")

LIVING = FACES | BUSTS | WHOLE_PEOPLE | BEINGS | ANIMALS
ACTORS = LIVING | VEHICLES

ASTRONAUTS = names("astronaut")
"""Glyphs of people whose trade is space; they are shown as a face in a suit."""

SAME = {
    "dog": "dog-face", "cat": "cat-face", "black-cat": "cat-face", "tiger": "tiger-face",
    "rabbit": "rabbit-face", "pig": "pig-face", "cow": "cow-face", "mouse": "mouse-face",
    "monkey": "monkey-face", "horse-face": "horse",
}  # fmt: skip
"""Two pictures of one kind, so that `the dog` and `the hound` are one subject."""

LANDMARKS = names("volcano waterfall mountain desert-island circus-tent shinto-shrine")
"""Places that may as well be the picture's subject."""

FLYERS = names("""
    baby-chick bat beetle bird blackbird butterfly dove dragon duck eagle flamingo ghost goose
    honeybee lady-beetle owl parrot phoenix-bird woman-fairy baby-angel person-superhero
    woman-superhero swan""") | (AIRCRAFT - {"parachute", "hot-air-balloon", "satellite"})
SWIMMERS = names("""
    blowfish crocodile dolphin fish jellyfish octopus seal shark shrimp spouting-whale squid
    tropical-fish whale woman-merpeople man-merpeople person-swimming submarine""")

AMPHIBIANS = names("crocodile seal octopus woman-merpeople man-merpeople person-swimming")
"""Swimmers that are at home on land too, or stand for somebody who is."""

BUILDINGS = names("""
    castle church classical-building circus-tent derelict-house ferris-wheel fountain hindu-temple
    house hut japanese-castle lighthouse mosque office-building pyramid roller-coaster school
    shinto-shrine stadium statue-of-liberty tent tokyo-tower windmill hospital factory desert-island
    volcano waterfall mountain""")

WATERFOWL = names("duck swan goose")

INSTRUMENTS = names("""
    accordion drum flute grand-piano guitar maracas musical-keyboard saxophone trumpet violin""")

AFLOAT = names("""
    balloon bubbles cherry-blossom comet feather fallen-leaf maple-leaf musical-note musical-notes
    red-paper-lantern snowflake sparkles tennis-ball rock star glowing-star confetti-ball kite
    butterfly soccer-ball candle rose blossom ringed-planet red-heart umbrella""")
"""Things that look well in the air when there are several, or when the shot has no floor."""

BACKDROP = names("""
    deciduous-tree evergreen-tree sun mountain snow-capped-mountain water-wave cloud office-building
    star snowflake seedling rainbow crescent-moon full-moon ringed-planet globe-showing-americas
    fire high-voltage palm-tree cyclone ice""")
"""Things that sets and weather draw themselves: no props of them beside other subjects."""

HOMES = by_phrase({
    Setting.UNDERWATER: """
        blowfish, coral, dolphin, fish, jellyfish, man-merpeople, octopus, oyster, shark,
        shrimp, spiral-shell, spouting-whale, squid, submarine, tropical-fish, whale,
        woman-merpeople, diving-mask, lobster""",
    Setting.SKY: """
        airplane, baby-angel, balloon, bird, cloud, dove, dragon, eagle, helicopter, parachute,
        hot-air-balloon, kite, phoenix-bird, rainbow, small-airplane, bat, drone, sun, feather,
        high-voltage, person-superhero, woman-superhero""",
    Setting.SEA: """
        anchor, canoe, crab, crocodile, desert-island, duck, flamingo, lighthouse, palm-tree,
        person-rowing-boat, person-surfing, person-swimming, pirate, pirate-flag, pirate-ship,
        sailboat, seal, ship, speedboat, swan, turtle, water-wave, woman-surfing,
        woman-swimming, tropical-drink, coconut, lotus, person-playing-water-polo""",
    Setting.STREET: """
        ambulance, articulated-lorry, automobile, bicycle, bus, fire-engine, motor-scooter,
        motorcycle, ninja, office-building, person-biking, woman-biking, pickup-truck,
        police-car, police-officer, woman-police-officer, racing-car, skateboard,
        sport-utility-vehicle, taxi, tokyo-tower, train, tram-car, hamburger, umbrella,
        detective, statue-of-liberty, office-worker, robot, firefighter, rat""",
    Setting.SPACE: """
        alien, astronaut, comet, cyclone, flying-saucer, full-moon, globe-showing-americas,
        ringed-planet, rocket, satellite, star, glowing-star, crescent-moon, telescope,
        satellite-antenna""",
    Setting.STAGE: """
        accordion, clown-face, drum, flute, grand-piano, guitar, man-dancing, maracas,
        microphone, mirror-ball, musical-keyboard, musical-note, musical-notes,
        performing-arts, saxophone, singer, woman-singer, studio-microphone, trumpet, violin,
        woman-dancing, person-juggling, person-in-tuxedo, headphone, person-lifting-weights,
        person-wrestling, boxing-glove""",
    Setting.ROOM: """
        alarm-clock, baby, bathtub, bed, birthday-cake, books, bread, broom, candle, cat-face,
        cat, black-cat, chair, chess-pawn, chocolate-bar, closed-book, cookie, cook,
        couch-and-lamp, crystal-ball, cupcake, desktop-computer, door, doughnut,
        framed-picture, hamster, health-worker, hot-beverage, ice-cream, judge, laptop,
        light-bulb, mantelpiece-clock, microscope, mobile-phone, mouse-face, mouse,
        nesting-dolls, office-worker, old-woman, open-book, pancakes, person-in-bed, pizza,
        pie, pot-of-food, potted-plant, princess, prince, puzzle-piece, scientist,
        woman-scientist, spaghetti, steaming-bowl, sushi, teacher, technologist, teddy-bear,
        telephone, television, video-game, wine-glass, wrapped-gift, person-with-crown, teapot,
        artist, woman-artist, soft-ice-cream, burrito, taco, french-fries, sandwich, croissant,
        beer-mug, bubble-tea, glass-of-milk, egg, woman-teacher, student, woman-student, yarn,
        mirror, gear, scissors, key, old-key, gem-stone, trophy, red-apple, banana, strawberry,
        lemon, grapes, tangerine, crown, ring""",
    Setting.DESERT: """
        cactus, camel, cowboy-hat-face, lizard, pyramid, scorpion, snake, two-hump-camel, moai""",
    Setting.SNOW: """
        christmas-tree, ice, ice-hockey, ice-skate, mammoth, mrs-claus, penguin, polar-bear,
        santa-claus, skier, sled, snowboarder, snowflake, snowman""",
    Setting.FOREST: """
        bear, beaver, boar, chipmunk, deciduous-tree, deer, evergreen-tree, fallen-leaf, fox,
        frog, ghost, goblin, gorilla, hedgehog, koala, leopard, maple-leaf, monkey-face,
        monkey, moose, mushroom, alien-monster, parrot, nest-with-eggs, ogre, orangutan, owl,
        panda, person-elf, person-mage, raccoon, sloth, snail, spider, t-rex, tent, tiger-face,
        tiger, troll, unicorn, wolf, woman-fairy, woman-mage, wood, otter, skunk, ant, beetle,
        man-vampire, woman-vampire, man-zombie, skull, fire, peacock, sauropod""",
    Setting.MEADOW: """
        baby-chick, bison, blossom, butterfly, cherry-blossom, chicken, cow-face, cow, cricket,
        dog-face, dog, donkey, elephant, ewe, farmer, woman-farmer, ferris-wheel, giraffe,
        goose, hatching-chick, hippopotamus, honeybee, horse-face, horse, horse-racing, house,
        hut, hyacinth, kangaroo, knight, lady-beetle, lion, ox, pig-face, pig, poodle,
        rabbit-face, rabbit, rhinoceros, rooster, rose, soccer-ball, sunflower, tractor, tulip,
        turkey, windmill, zebra, person-golfing, castle, bouquet, seedling, water-buffalo,
        dodo, tennis, tennis-ball, carousel-horse, circus-tent, roller-coaster, fountain,
        jack-o-lantern""",
    Setting.MOUNTAINS: """
        goat, llama, locomotive, high-speed-train, mountain, mountain-cableway,
        person-climbing, ram, samurai, shinto-shrine, japanese-castle, hindu-temple,
        snow-capped-mountain, volcano, waterfall, person-in-lotus-position, church, mosque""",
})  # fmt: skip
"""By glyph, the setting that fits when the prompt names none."""

NATURAL_SIZES: dict[str, float] = {
    **dict.fromkeys(("honeybee", "ladybug", "ant", "mosquito", "fly", "lady-beetle"), 0.24),
    **dict.fromkeys(("butterfly", "snail", "bug", "cricket", "beetle", "worm", "spider"), 0.28),
    **dict.fromkeys(("bird", "dove", "baby-chick", "front-facing-baby-chick", "blackbird"), 0.34),
    **dict.fromkeys(("mouse", "mouse-face", "rat", "hamster", "frog", "crab", "shrimp"), 0.36),
    **dict.fromkeys(("fish", "tropical-fish", "blowfish", "bat", "parrot", "chipmunk"), 0.4),
    **dict.fromkeys(("duck", "owl", "hedgehog", "lizard", "hatching-chick", "jellyfish"), 0.45),
    **dict.fromkeys(("rabbit", "rabbit-face", "chicken", "rooster", "penguin", "turkey"), 0.55),
    **dict.fromkeys(("cat", "black-cat", "turtle", "otter", "squid", "octopus"), 0.6),
    **dict.fromkeys(("elephant", "giraffe", "bus", "tractor", "helicopter"), 1.5),
    **dict.fromkeys(("dragon", "t-rex", "sauropod", "spouting-whale", "whale", "locomotive"), 1.7),
}
"""How large a figure is beside a person, where it is far from one; whoever is not named is 1."""
