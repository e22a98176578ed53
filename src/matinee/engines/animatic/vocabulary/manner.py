"""The words that say how things look, move and sound, in English and the commonest Chinese."""

from matinee.engines.animatic.shots import Action, CameraMove, Look, Music
from matinee.engines.animatic.vocabulary.phrases import by_phrase

CAMERAS = by_phrase({
    CameraMove.DOLLY_IN: """
        dolly in, push in, zoom in, close up, closeup, zooming in, slow zoom, dolly shot,
        dolly, slow dolly, pushing in, moves closer, move closer, zoom, extreme close up,
        macro, macro shot, first person, pov, fpv, fly through, approaching, steadicam,
        crash zoom, 推镜头, 特写, 推近, 镜头推进""",
    CameraMove.DOLLY_OUT: """
        dolly out, pull back, zoom out, pulling back, zooming out, pull out, pulls back,
        wide shot, establishing shot, reveal, extreme wide shot, drone shot, aerial shot,
        aerial view, aerial, drone footage, drone view, drone video, bird's eye view,
        birds eye view, bird eye view, helicopter shot, panoramic, pulls out, backs away,
        拉镜头, 拉远, 航拍, 全景, 俯瞰""",
    CameraMove.PAN_RIGHT: """
        pan, pan right, pans right, tracking, tracking shot, track right, follow shot, follows,
        following, camera follows, panning, pan shot, truck right, sideways, lateral, slow pan,
        side scrolling, pans, arc shot, camera rotates, rotating camera, orbiting shot,
        camera orbits, 跟随, 跟拍, 横移, 平移, 摇镜头""",
    CameraMove.PAN_LEFT: "pan left, pans left, track left, truck left, panning left, 向左摇",
    CameraMove.TILT_UP: """
        tilt up, tilts up, crane up, crane shot, pedestal up, rises up, tilt, looks up,
        low angle, looking up, camera rises, worm's eye view, craning up, jib, 仰拍, 向上""",
    CameraMove.TILT_DOWN: """
        tilt down, tilts down, crane down, pedestal down, looks down, top down, overhead,
        overhead shot, high angle, looking down, camera lowers, 俯拍, 向下""",
    CameraMove.STATIC: """
        static, static shot, still camera, locked off, locked down, tripod, fixed camera,
        static camera, stationary camera, stationary, medium shot, portrait shot, 固定镜头,
        静止""",
})  # fmt: skip

ACTIONS = by_phrase({
    Action.WALK: """
        walk, stroll, wander, hike, march, wade, roam, trot, pace, crawl, creep, explore,
        sneak, tiptoe, stride, shuffle, trek, travel, journey, cross, prowl, approach, patrol,
        graze, waddle, climb, stalk, 走, 散步, 漫步, 行走, 走路, 走过, 漫步在""",
    Action.RUN: """
        run, sprint, gallop, chase, race, dash, charge, flee, jog, bound, hop, leap, jump,
        escape, hunt, rush, bounce, skip, pounce, frolic, ski, cartwheel, 跑, 奔跑, 跑步, 追逐,
        跳跃, 追, 飞奔""",
    Action.FLY: """
        fly, soar, glide, hover, flutter, swoop, zip, take off, blast off, launch, flap,
        ascend, descend, lift off, parachute, fly through, circle, 飞, 飞翔, 飞行, 翱翔, 飞过""",
    Action.FLOAT: """
        float, levitate, drift, orbit, bob, tumble, spacewalk, sail, propel, meditate, rise,
        hang, suspend, 漂浮, 飘浮, 悬浮, 漂""",
    Action.SWIM: "swim, dive, snorkel, surf, paddle, splash, submerge, 游, 游泳, 游动, 潜水",
    Action.DANCE: """
        dance, twirl, spin, waltz, breakdance, groove, pirouette, sway, celebrate, boogie,
        perform ballet, cheer, moonwalk, juggle, wiggle, 跳舞, 舞蹈, 旋转, 起舞""",
    Action.PLAY: "play, strum, drum, perform, jam, conduct, 弹, 演奏, 弹奏, 弹钢琴, 弹吉他",
    Action.DRIVE: "drive, cruise, ride, speed, skateboard, cycle, pedal, 开车, 驾驶, 骑, 行驶",
    Action.SIT: """
        sit, rest, sleep, lie, nap, relax, lounge, snooze, perch, crouch, curl up, bask,
        sunbathe, knit, 坐, 睡觉, 休息, 睡""",
    Action.STAND: """
        stand, wait, look, watch, stare, gaze, smile, wave, pose, talk, speak, sing, laugh,
        hold, guard, cook, bake, chop, stir, write, paint, draw, type, teach, study, read, eat,
        drink, sip, pour, serve, work, build, repair, 吃, 看书, 喝, glow, burn, shine,
        sparkle, bloom, grow, tower, 站, 看, 望, 笑, 唱歌, 站立""",
})  # fmt: skip

MUSICS = by_phrase({
    Music.SYNTHWAVE: """
        synthwave, synth, retro future, retrofuture, retrofuturistic, electronic, techno,
        house music, edm, 80, 80s, 1980s, eighties, cyberpunk, vaporwave, futuristic, hip hop,
        trap, bass drop, sci fi, dubstep, astro themed music, disco, neon, retro music,
        电子音乐""",
    Music.PIANO: """
        piano, grand piano, jazz, waltz, ballad, classical music, romantic music, melancholic,
        melancholy, sad, nocturne, lullaby, sonata, bittersweet, romantic, emotional, 钢琴,
        爵士""",
    Music.PASTORAL: """
        pastoral, folk, acoustic, acoustic guitar, flute, country music, peaceful, gentle,
        birdsong, idyllic, springtime, celtic, ukulele, bluegrass, 民谣, 田园""",
    Music.DRAMATIC: """
        epic, dramatic, orchestral, battle, war, tense, suspense, suspenseful, thriller,
        intense, action packed, explosion, horror, scary, fierce, thunderous, apocalyptic,
        chase scene, heroic, majestic, ominous, 史诗, 紧张, 战斗, 恐怖""",
    Music.PLAYFUL: """
        playful, happy, fun, funny, cheerful, upbeat, cartoon, whimsical, cute, silly, joyful,
        comedy, party, birthday, circus, carnival, children song, kawaii, quirky, 欢快, 可爱,
        搞笑, 快乐""",
    Music.AMBIENT: """
        ambient, calm, calming, meditation, lo fi, lofi, dreamy, serene, ethereal, tranquil,
        soothing, relaxing, mysterious, hypnotic, zen, quiet, asmr, surreal, 宁静, 梦幻, 安静,
        神秘""",
})  # fmt: skip

LOOKS = by_phrase({
    Look.ANIME: """
        anime, ghibli, studio ghibli, manga, anime style, cel shaded, makoto shinkai, 动漫,
        动画风格, 宫崎骏""",
    Look.COMIC: """
        comic, comic book, pop art, graphic novel, halftone, spider verse, comic style, 漫画""",
    Look.NEWS: "breaking news, news report, news broadcast, newscast, live report, news, 新闻",
    Look.SELFIE: "selfie, vlog, selfie style, phone video, front camera, 自拍",
    Look.NOSTALGIC: """
        nostalgic, vhs, super 8, 8mm, 16mm, old film, historical footage, archival footage,
        vintage footage, homemade video, vintage film, home video, sepia, black and white,
        film noir, noir, silent film, retro film, old home movie, camcorder, 1950s, 1960s,
        1970s, 怀旧, 复古, 黑白""",
    Look.THANKSGIVING: "thanksgiving, thanksgiving dinner, 感恩节",
})  # fmt: skip

COATS = by_phrase({
    "#e8a848": "golden, gold, honey, 金色",
    "#d6402f": "red, crimson, scarlet, ruby red, 红色, 红",
    "#f08a35": "orange, ginger, 橙色",
    "#f2c53d": "yellow, 黄色",
    "#4fae54": "green, emerald green, 绿色",
    "#2fa7a0": "teal, turquoise, cyan",
    "#3f78e0": "blue, azure, navy, 蓝色",
    "#8a55d0": "purple, violet, 紫色",
    "#ee7fb4": "pink, magenta, 粉色, 粉红色",
    "#8b5a3a": "brown, chestnut, chocolate, 棕色",
    "#34343e": "black, jet black, ebony, 黑色, 黑",
    "#f3efe8": "white, snow white, ivory, 白色, 白",
    "#9aa0aa": "grey, gray, silver, ash, 灰色, 银色",
    "#b87333": "copper, bronze, rusty",
    "calico": "calico, patchwork, 三花",
})  # fmt: skip

BREEDS = by_phrase(
    {
        "#e8a848": "retriever, golden retriever, labrador, 金毛, 金毛犬, 金毛寻回犬",
        "#e39a4c": "corgi, shiba, shiba inu, collie, border collie",
        "#8d99a8": "husky, siberian husky, malamute, schnauzer",
        "#b07a44": "german shepherd, dachshund, terrier, chihuahua",
        "#f3efe8": "samoyed, dalmatian, white cat",
        "#d8b48a": "pug, bulldog, french bulldog, siamese, siamese cat, great dane",
        "#4a3a34": "rottweiler",
        "#e08a3c": "ginger cat, orange cat, tabby, tabby cat, tomcat, 橘猫",
        "calico": "calico, calico cat, 三花猫",
    }
)
"""By noun, the coat its name tells."""

COUNTS = by_phrase(
    {
        2: "two, pair, couple, both, 两只, 两个, 两",
        3: "three, trio, few, some, 三只, 三个, 三",
        4: "four, several, caravan, band, family, quartet",
        5: "five, pack, group, fleet, team, litter",
        6: "six, herd, bunch",
        7: "seven, flock, 一群",
        8: "eight, school, pile",
        9: "nine, many, lots, numerous, crowd, 许多, 很多",
        10: "ten, swarm, flocks",
        11: "eleven",
        12: """
        dozen, dozens, hundreds, thousands, millions, countless, twelve, army, colony, swarms,
        无数""",
    }
)

LONE = frozenset({"a", "an", "one", "single", "lone", "lonely", "solitary", "一只", "一个"})

SIZES = by_phrase(
    {
        0.55: "tiny, miniature, mini, microscopic, minuscule, 微小, 迷你",
        0.75: "small, little, baby, 小",
        1.35: "big, large, tall, huge, 大",
        1.7: """
        giant, gigantic, enormous, massive, colossal, towering, monumental, gargantuan, 巨大,
        巨型""",
    }
)
