"""Words that ask for no picture of their own, so that nobody is told they were not understood."""

from matinee.engines.animatic.vocabulary.phrases import names

QUIET = names("""
    a about across after again against all along also although always am among an and another
    any anything are around as at away back be because been before behind being below beneath
    beside between beyond both bring brings but by can certain come comes coming could create
    created creates did do does doing done down during each either else end ends enough ensure
    even ever every everything everywhere featuring features feels first five for forth four
    from full fully generate generated get gets give gives giving go goes going gone had has
    have having he her here hers herself high highly him himself his how however i if image in
    include includes including inside instead into is it its itself just keep keeps kind last
    leave leaves left less let lets like long look looking looks lot low made make makes making
    man many may me mid middle more most moves moving much must my near nearby nearly never new
    next no nor not nothing now of off often on once one only onto open opens opening or other
    others our out outside over own part past people place placed please put quite rather real
    really right same scene scenes second see seem seems seen set sets several shall she should
    show showing shown shows side slightly slow slowly small so some something soon start
    starts starting still subtle such suddenly sure take takes than that the their them
    themselves then there these they thing things third this those through throughout till time
    to together too toward towards turn turns two under until up upon us use used uses using
    various very video videos view want was way we well were what when where which while who
    whole whose why will with within without would year years yet you your 3d 4k 8k 16mm 35mm
    50mm 70mm 85mm absolutely abstract accent accents action adventurous amazing ambience amid
    ancient angle angles animate animated animation artistic aspect atmosphere atmospheric
    audio authentic backdrop background backlit beautiful beautifully beauty begin begins blur
    blurred blurry bokeh bold bright brightly brilliant camera captivating capture captured
    captures capturing carefully cast casting casts centered charming cinematic cinematography
    classic clean clearly clip close color colored colorful colors colour colourful colours
    complex composition contrast contrasting cool cozy crisp curious dappled dark deep delicate
    depicting depth detail detailed details different directly distance distant dramatic
    dramatically dreamlike dynamic effect effects elaborate elegant elegantly emphasis
    emphasizing endless energetic energy enormous evoke evoking exotic expression fade fades
    fading faint fantastical fantasy fast feel feeling feet few field film filmed filmic flare
    focus focused foreground form forms fps frame framed frames framing fresh gently giant
    glamorous gleaming glide glimmer glimmering glimmers glimpse glint glistening glorious glow
    glowing glows gorgeous grace graceful gracefully grain grainy gradually grand great
    handheld happily harmony hd height highlighting highlights hint hue hues hyper
    hyperrealistic iconic illuminate illuminated illuminating imaginative imax immersive
    impressive incredible initially intense intricate intimate joy joyfully large largely lens
    level life lifelike light lighting lightly lights lit little lively lovely lush magic
    magical magically magnificent majestic masterpiece mesmerizing misty modern mood moment
    momentum motion movement music mysterious mystical named narrow natural nature neutral
    noise nice octane ornate outdoors outline overall pace palette panoramic particle particles
    peaceful perfect perfectly perspective photo photograph photographic photography
    photorealistic physics picture piece plays pleasant point popular portrait pretty previous
    professional prompt pure quality quick quickly quiet quietly radiant rapid rapidly realism
    realistic realistically reflect reflected reflecting reflection reflections reflective
    reflects render rendered rendering resolution reveal revealing reveals rich rim romantic
    rough saturated scenic sequence serene shadow shadows shallow shape shapes sharp shimmer
    shimmering shimmers shine shining shiny short shot shots sight silently silhouette
    silhouetted simple single sleek slowed slight smooth smoothly soft softly sound sounds
    soundtrack speaks spectacular specular speed stunning style stylised stylized sublime
    subject surface surround surrounded surrounding surroundings swiftly symbolizing tense
    texture textured textures texturing theme themed tone tones towering tracking traditional
    tranquil transition transitions transparent typical ultra unique unreal upbeat vast velvety
    verdant vibe vibrant viewer visible visual visuals vivid vividly warm warmly watch wide
    wild window wonder world cute adorable fluffy furry happy sad angry proud brave playful
    friendly excited cheerful shy sleepy lazy old young elderly big tiny huge beloved famous
    favorite hair fur eye eyes face faces hand hands head heads arm arms leg legs tail mouth
    nose ear ears skin whisker whiskers grab grabs catch catches reach reaches hold holds carry
    carries wear wears wearing dressed try tries pick picks land lands touch touches fill
    filled fills cover covered covers surrounds propels door doors air ground floor wall walls
    ceiling sky horizon front above showcasing showcase tiltshift tilt shift vintage footage
    rotates rotate round remote sign signs says reads saying reading written text lapse
    timelapse hyperlapse summer season wind breeze gentle word words title caption logo al au
    auf bei con da das de del dem den der des di die du ein eine einer el em en et gli il im la
    las le les lo los mit na o os por que sur um uma un una und une von zu zum zur y в и на над
    по с со у для из
""")
