// The design tokens as QML sees them: colours, sizes in pixels for this screen, durations. One for live data, one for stale.
import QtQuick

QtObject {
    id: tokens

    required property var theme          // a Theme as a map: colours, type, spacing, motion
    required property real screenHeight
    property bool still: false           // a picture: nothing moves, everything is where it ends
    property bool reduced: false         // the manager wants cross-fades only
    property bool capped: false          // no GPU and a large screen: text that moves stays where glyphs are cached
    property string locale: "en_US"

    readonly property bool moves: !still && !reduced
    readonly property real u: screenHeight / 100

    readonly property color background: theme.colours.background
    readonly property color backgroundLow: theme.colours.background_low
    readonly property color card: theme.colours.card
    readonly property color raised: theme.colours.raised
    readonly property color track: theme.colours.track
    readonly property color hairline: theme.colours.hairline
    readonly property color ticker: theme.colours.ticker
    readonly property color text: theme.colours.text
    readonly property color muted: theme.colours.muted
    readonly property color gold: theme.colours.gold
    readonly property color goldFill: theme.colours.gold_fill
    readonly property color silver: theme.colours.silver
    readonly property color bronze: theme.colours.bronze
    readonly property color onMedal: theme.colours.on_medal
    readonly property color up: theme.colours.up
    readonly property color down: theme.colours.down
    readonly property color alarm: theme.colours.alarm
    readonly property bool greyed: theme.greyed

    readonly property var type: theme.type
    readonly property real safe: theme.spacing.safe * u
    readonly property real gap: theme.spacing.gap * u
    readonly property real gutter: theme.spacing.gutter * u
    readonly property real radius: theme.spacing.radius * u

    readonly property int valueMs: moves ? theme.motion.value : 0
    readonly property int rankMs: moves ? theme.motion.rank : 0
    readonly property int enterMs: moves ? theme.motion.enter : 0
    readonly property int fadeMs: still ? 0 : theme.motion.fade
    readonly property int glowMs: theme.motion.glow
    readonly property real tickerSpeed: theme.motion.ticker_speed * u

    // Said by a figure at the moment it begins to change; the frame meter listens.
    signal valueChanging()

    function person(colour: real): color {
        return theme.colours.people[colour];
    }

    function onPerson(colour: real): color {
        return theme.colours.on_people[colour];
    }

    function medal(place: real): color {
        return place < 0.5 ? goldFill : place < 1.5 ? silver : bronze;
    }

    // A font size in pixels. Rounded up: a size rule is a lower bound.
    function px(units: real): int {
        return Math.ceil(units * u - 0.001);
    }

    // ... of text that moves or changes. From 64 px on the software renderer draws outlines, 14 ms a frame (measured).
    function movingPx(units: real): int {
        return capped ? Math.min(px(units), 62) : px(units);
    }
}
