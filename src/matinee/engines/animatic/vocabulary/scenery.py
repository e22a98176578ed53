"""The words that say where and when a shot plays, in English and the commonest Chinese."""

from matinee.engines.animatic.shots import Setting, TimeOfDay, Weather
from matinee.engines.animatic.vocabulary.phrases import by_phrase, names, phrases

PLACES = by_phrase({
    Setting.SPACE: """
        space, outer space, deep space, cosmos, universe, galaxy, orbit, interstellar,
        intergalactic, nebula, milky way, asteroid field, asteroid belt, zero g, solar system,
        starfield, black hole, wormhole, lunar surface, lunar, moon surface,
        surface of the moon, on the moon, space walk, spacewalk, celestial, hyperspace,
        stratosphere, edge of space, cosmic, space station, satellite dish, 太空, 宇宙, 外太空,
        银河, 星空中, 空间站, espacio, weltraum, 宇宙空間""",
    Setting.STATION: """
        cockpit, airlock, control room, spaceship interior, spaceship corridor, space lab,
        engine room, mission control, command center, command centre, server room, cleanroom,
        futuristic corridor, futuristic lab, futuristic laboratory, space station interior,
        zero gravity, weightless, weightlessness, microgravity, 空间站内, 飞船内, 失重, 驾驶舱""",
    Setting.ROOM: """
        room, bedroom, kitchen, living room, dining room, bathroom, office, library, bookstore,
        bookshop, cafe, café, coffee shop, coffeehouse, restaurant, diner, bar, pub, studio,
        workshop, classroom, hospital, lab, laboratory, museum, gallery, shop, store, bakery,
        hotel, hallway, corridor, attic, basement, cellar, garage, gym, fireplace, window sill,
        windowsill, desk, table, countertop, shelf, throne room, great hall, hall, newsroom,
        indoors, indoor, interior, inside a house, cabin interior, apartment, loft, nursery,
        playroom, carpet, tea house, teahouse, salon, barbershop, toy store, supermarket,
        art studio, home office, pillow, blanket, dojo, tavern, inn, prison, cell, elevator,
        房间, 卧室, 厨房, 客厅, 室内, 咖啡馆, 咖啡厅, 图书馆, 教室, 办公室, 餐厅, 书房, 屋内,
        桌子上, 桌上, 窗边""",
    Setting.STAGE: """
        stage, on stage, concert, concert hall, theater, theatre, opera, opera house,
        auditorium, nightclub, night club, jazz club, jazz bar, club, disco, dance floor,
        circus, circus ring, circus tent, spotlight, podium, talent show, cabaret, ballroom,
        recital, audience, amphitheater, amphitheatre, rock concert, broadway, runway, catwalk,
        curtain, red curtain, orchestra pit, music festival, karaoke, puppet theater,
        dance hall, boxing ring, arena, gig, 舞台, 舞台上, 音乐会, 剧院, 演唱会, 马戏团""",
    Setting.STREET: """
        street, building, construction site, gravel road, dirt road, wet street, rainy street,
        city, downtown, alley, alleyway, road, highway, freeway, avenue, boulevard, tokyo,
        new york, new york city, times square, manhattan, shibuya, shinjuku, neon, neon sign,
        neon city, neon light, market, night market, bazaar, town, sidewalk, pavement, skyline,
        cyberpunk, urban, metropolis, cityscape, hong kong, paris, london, seoul, shanghai,
        lagos, mumbai, delhi, rome, madrid, barcelona, amsterdam, istanbul, moscow, cairo,
        los angeles, san francisco, chicago, miami, las vegas, singapore, bangkok, osaka,
        kyoto, dubai, prague, vienna, sydney, toronto, harlem, brooklyn, venice, berlin,
        crosswalk, parking lot, rooftop, chinatown, traffic, subway station, train station,
        bus stop, gas station, suburb, intersection, plaza, town square, bridge, old town,
        cobblestone, storefront, futuristic city, racetrack, race track, 城市, 街道, 街上,
        街头, 马路, 小巷, 都市, 霓虹, 霓虹灯, 市场, 东京, 上海, 北京, 赛博朋克, calle, ciudad,
        rue, ville, straße, stadt, 街, 都市の""",
    Setting.FOREST: """
        forest, autumn, woods, wood path, jungle, rainforest, rain forest, grove, bamboo grove,
        bamboo forest, woodland, enchanted forest, magical forest, swamp, marsh, undergrowth,
        redwood forest, pine forest, tree house, treetop, among the trees, canopy, thicket,
        stream, creek, brook, orchard, campsite, glade, clearing, 森林, 树林, 丛林, 竹林, 林间,
        bosque, selva, forêt, wald""",
    Setting.MEADOW: """
        meadow, spring, field, grass, grassland, prairie, savanna, savannah, serengeti, hill,
        hillside, farm, garden, countryside, park, valley, pasture, lawn, backyard, yard,
        flower field, vineyard, village, sunflower field, wheat field, lavender field,
        rice paddy, rice field, playground, stadium, soccer field, football field, picnic,
        steppe, plain, barnyard, zoo, golf course, racecourse, cherry blossom park, graveyard,
        cemetery, camp, ranch, wheat, battlefield, castle ground, shire, 草地, 草原, 田野,
        花园, 公园, 花海, 草坪, 乡村, 农场, 麦田, 院子, prado, jardin, jardín, wiese, garten""",
    Setting.MOUNTAINS: """
        mountain, mountainside, mountain top, mountaintop, mountain range, mountain peak, alps,
        summit, canyon, cliff, cliffside, volcano, fjord, highland, gorge, himalaya, himalayas,
        everest, mount fuji, ridge, rocky mountain, snowy mountain, snow capped mountain,
        snowy peak, snow capped peak, andes, crag, ravine, mountain lake, mountain pass,
        waterfall, 山, 山顶, 高山, 山谷, 雪山, 悬崖, 群山, 富士山, montaña, montagne, berg""",
    Setting.SNOW: """
        snow, winter, wintry, snowfield, snow field, snowy landscape, snowy field, arctic,
        antarctica, antarctic, tundra, glacier, ice floe, iceberg, winter wonderland,
        north pole, south pole, frozen lake, ski slope, ski resort, siberia, ice rink,
        ice sheet, igloo, snowy hill, snowdrift, icy plain, frozen, 雪地, 冰原, 北极, 南极,
        冰川, 雪原, nieve, neige, schnee""",
    Setting.DESERT: """
        desert, dune, sand dune, sahara, oasis, wild west, mars, martian surface, egypt,
        wasteland, badlands, gobi, sandstorm, arid, mesa, outback, western town,
        monument valley, death valley, salt flat, 沙漠, 沙丘, 火星, 戈壁, desierto, désert,
        wüste""",
    Setting.SEA: """
        sea, ocean, beach, coast, coastline, shore, shoreline, seaside, harbor, harbour, lake,
        river, pier, island, lagoon, bay, open water, high seas, dock, marina, pond, canal,
        riverbank, lakeside, surf, tropical beach, santorini, maui, hawaii, bali, maldives,
        caribbean, big sur, sandy beach, swimming pool, pool, boardwalk, hot tub, waves, bayou,
        海, 大海, 海边, 海滩, 沙滩, 湖, 湖边, 河, 河边, 海面, 海上, 岛, mar, playa, mer, plage,
        meer, strand, 海辺""",
    Setting.UNDERWATER: """
        underwater, under water, under the sea, ocean floor, sea floor, seafloor, seabed,
        deep sea, reef, coral reef, aquarium, beneath the waves, under the ocean,
        beneath the ocean, beneath the surface, deep ocean, atlantis, kelp, kelp forest,
        fish tank, fishbowl, deep blue, ocean depths, undersea, bottom of the ocean,
        bottom of the sea, sunken ship, submerged, sunken city, shipwreck, 水下, 海底, 海里,
        深海, 水中, 珊瑚礁, 水族馆, submarino, sous marin, unterwasser""",
    Setting.SKY: """
        above the cloud, through the cloud, in the cloud, among the cloud, over the cloud,
        sea of cloud, sky, mid air, midair, airborne, heaven, floating island, in the air,
        cloud city, cloudscape, over the city, over a city, aerial acrobatics, air show,
        skydive, high above, 天空, 空中, 云端, 云海, 云层, cielo, ciel, himmel""",
})  # fmt: skip
"""Phrases that name a place outright."""

VAGUE_PLACES = phrases("""
    sky, table, desk, grass, neon, road, space, sea, curtain, spotlight, pillow, blanket, shelf,
    traffic, stream, creek, hill, yard, plain, wheat, snow, frozen, celestial, cosmic, orbit,
    waves, surf, zero gravity, weightless, interior, indoor, mountain, waterfall, volcano,
    island, 天空, 山, 海, skyline, galaxy, nebula, universe, clearing, cell, field, urban,
    garden, building, winter, spring, autumn, wintry, bridge
""")
"""Places that are as often only mentioned: without a preposition before them they count less."""

INSIDE_WORDS = frozenset({"inside", "aboard", "within", "interior", "onboard", "里面", "内部"})
CRAFT = frozenset({
    "space station", "spaceship", "spacecraft", "starship", "space shuttle", "mothership", "ufo",
    "flying saucer", "shuttle", "space ship", "station", "空间站",
})  # fmt: skip
"""Inside of one of these is the STATION set, around it is SPACE."""

SUITS = frozenset({
    "spacesuit", "space suit", "astronaut suit", "astronaut helmet", "space helmet", "jetpack",
    "jet pack", "jet back", "宇航服", "太空服",
})  # fmt: skip
"""Whoever wears one of these is an astronaut."""

PREPOSITIONS = names("""
    in on at inside through across over under into onto along around near beside by above within
    down beneath from amid among throughout crossing crosses cross entering towards toward to en
    dans im auf
""")

TIMES = by_phrase({
    TimeOfDay.DAWN: """
        dawn, sunrise, early morning, morning, daybreak, first light, morning light,
        morning mist, 日出, 清晨, 早晨, 黎明, 早上, amanecer, aube, morgen""",
    TimeOfDay.DAY: """
        day, daytime, noon, midday, afternoon, sunny, daylight, sunlight, bright day, sunlit,
        sunshine, blue sky, broad daylight, sunny day, 白天, 中午, 下午, 阳光, 晴天, mediodía,
        midi, mittag""",
    TimeOfDay.DUSK: """
        dusk, sunset, golden hour, twilight, evening, setting sun, late afternoon, magic hour,
        sundown, nightfall, golden light, warm light, 日落, 黄昏, 傍晚, 夕阳, 晚霞, atardecer,
        crépuscule, sonnenuntergang""",
    TimeOfDay.NIGHT: """
        night, midnight, nighttime, night time, moonlight, moonlit, night sky, starlit, starry,
        dark night, nocturnal, aurora, northern light, aurora borealis, under the moon,
        full moon, blue hour, after dark, firefly, fireflies, campfire, bonfire, firework,
        lantern, haunted, halloween, neon, tonight, night market, snowy night, starry night,
        夜晚, 晚上, 夜里, 深夜, 星空, 月光, 夜空, 午夜, 夜, noche, nuit, nacht""",
})  # fmt: skip

SOFT_TIMES = frozenset({
    "neon", "lantern", "firefly", "fireflies", "campfire", "bonfire", "firework", "haunted",
    "halloween", "full moon", "golden light", "warm light", "sunlight", "sunshine", "starry", "day",
})  # fmt: skip
"""Words that only suggest a time; any other time word outranks them."""

STARRY = frozenset({
    "star", "starry", "starlit", "night sky", "milky way", "galaxy", "constellation", "stargazing",
    "shooting star", "cosmos", "meteor shower", "星空", "星星", "银河", "夜空", "starlight",
})  # fmt: skip

WEATHERS = by_phrase({
    Weather.RAIN: """
        rain, rainy, raining, rainstorm, storm, stormy, thunderstorm, thunder, drizzle,
        downpour, wet street, rainy street, rainy night, rainy day, monsoon, typhoon,
        hurricane, puddle, rainfall, raindrop, rain soaked, drizzling, 雨, 下雨, 雨天, 暴雨,
        大雨, 雨中, lluvia, pluie, regen""",
    Weather.SNOW: """
        snowing, snowfall, snowy, snowstorm, blizzard, snowflake, falling snow, snow falling,
        snow fall, flurry, flurries, snow covered, snowy night, snow gently falling, 下雪,
        大雪, 雪花, 飘雪, 暴风雪""",
    Weather.FOG: """
        fog, foggy, mist, misty, haze, hazy, smoky, smog, morning mist, fog bank,
        mysterious mist, 雾, 大雾, 薄雾, 雾气, niebla, brouillard, nebel""",
    Weather.CLEAR: "clear sky, clear skies, cloudless, sunny, blue sky, 晴天, 晴朗",
})  # fmt: skip

THEMES = by_phrase({
    "paw": "pup, puppy, dog, cat, kitten, pet, paw, animal, canine, feline, kitty",
    "star": "space, star, astro, cosmic, galaxy, sci fi",
    "heart": "love, heart, valentine, romantic, wedding",
    "note": "music, jazz, rock, concert, musical",
    "flower": "flower, floral, spring, garden, tropical, hawaiian",
    "snowflake": "christmas, winter, holiday, snow, xmas, frozen",
    "pumpkin": "halloween, spooky, horror",
    "fish": "ocean, sea, nautical, fish, underwater, marine",
    "leaf": "autumn, fall, thanksgiving, forest, jungle, nature",
    "skull": "pirate, skull",
    "cake": "birthday, candy, cake, dessert, food",
})  # fmt: skip
"""What `X-themed` decorates a set with."""
