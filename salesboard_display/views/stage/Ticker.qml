// The line at the bottom: endless, seamless, of constant speed; a win or a new lead is the next to enter.
pragma ComponentBehavior: Bound

import QtQuick
import "../components"

Item {
    id: ticker

    required property Tokens tokens
    required property var items          // maps: key, icon, text, urgent, colour
    property string notice: ""           // stands still at the left: something the office should know
    property string word: ""             // stands there as calmly as the rest, while there is no notice
    property bool running: true

    readonly property real u: tokens.u
    readonly property real speed: tokens.tickerSpeed
    readonly property real lap: speed * 120
    readonly property real gap: 6 * u
    readonly property real viewportWidth: viewport.width
    readonly property bool sliding: tokens.moves

    property real phase: 0               // within this lap
    property real base: 0                // laps done; items are placed relative to it, so figures stay small
    property real last: 0
    property real tail: 0                // where the next item may begin
    property real cycleStart: 0
    property int cursor: 0
    property var breaking: []            // keys of urgent items that wait to enter
    property var seen: ({})
    property var served: ({})            // keys of those that came out of turn and whose turn is still to come
    property bool built: false

    signal entered(key: string, urgent: bool)

    height: 6.2 * u

    // A function, not a property: nobody needs it anew with every frame.
    function travelled(): real {
        return base + phase;
    }

    function itemOf(key: string): var {
        return items.find(item => item.key === key);
    }

    function rebuild() {
        for (let i = 0; i < pool.count; i++) {
            const entry = entryAt(i);
            if (entry === null) {
                return;                  // the wall is being taken down
            }
            entry.live = false;
        }
        base = 0;
        last = 0;
        cursor = 0;
        tail = travelled() + (sliding ? 3.2 : 0.4) * u;
        cycleStart = tail;
        built = viewport.width > 0 && items.length > 0;
        advance();
    }

    function entryAt(index: int): TickerEntry {
        return pool.itemAt(index) as TickerEntry;
    }

    function free(): TickerEntry {
        for (let i = 0; i < pool.count; i++) {
            if (!entryAt(i).live) {
                return entryAt(i);
            }
        }
        return null;
    }

    // The next item: whoever waits urgently, else the next of the round.
    function next(): var {
        while (breaking.length > 0) {
            const urgent = itemOf(breaking[0]);
            breaking = breaking.slice(1);
            if (urgent) {
                served[urgent.key] = true;
                return urgent;
            }
        }
        turnRound();
        while (served[items[cursor].key]) {
            delete served[items[cursor].key]; // it came before its turn; this round it has had it
            cursor += 1;
            turnRound();
        }
        if (cursor === 0) {
            cycleStart = tail;
        }
        return items[cursor++];
    }

    function turnRound() {
        if (cursor >= items.length) {
            cursor = 0;
            tail = Math.max(tail, cycleStart + viewport.width);
        }
    }

    // Makes way for an urgent item: what has not entered yet goes back; what is entering is cut beyond the edge, if it
    // only says how things stand and will come again. News are never cut.
    function makeWay() {
        const edge = travelled() + viewport.width;
        let shown = false;
        for (let i = 0; i < pool.count; i++) {
            const entry = entryAt(i);
            const end = entry.birth + entry.width;
            shown = shown || entry.live;
            if (!entry.live || end <= edge) {
                continue;
            }
            if (entry.birth >= edge) {
                entry.live = false;
                cursor = Math.max(0, cursor - 1);
                tail = Math.min(tail, entry.birth);
            } else if (entry.leftToRight && entry.colour === "text" && end > edge + speed) {
                entry.limit = edge + 0.9 * speed - entry.birth;
                tail = Math.min(tail, entry.birth + entry.limit + gap);
            }
        }
        if (shown) {
            tail = Math.max(tail, edge); // never in the middle of an empty line
        }
    }

    function advance() {
        if (!built || entryAt(0) === null || !sliding && !tokens.still) {
            return;
        }
        for (let i = 0; i < pool.count; i++) {
            const entry = entryAt(i);
            if (entry.live && entry.birth + entry.width < travelled()) {
                entry.live = false;
            }
        }
        if (breaking.length > 0 && !tokens.still) {
            makeWay();
        }
        const horizon = travelled() + viewport.width + (tokens.still ? 0 : 0.45 * speed);
        while (tail < horizon) {
            const entry = free();
            if (entry === null) {
                return;
            }
            const item = next();
            entry.fill(item, tail);
            entered(item.key, item.urgent);
            tail = entry.birth + entry.width + gap;
        }
    }

    onItemsChanged: {
        const known = {};
        const waiting = breaking.slice();
        for (const item of items) {
            if (item.urgent) {
                known[item.key] = true;
                if (!seen[item.key] && waiting.indexOf(item.key) < 0) {
                    waiting.push(item.key);
                }
            }
        }
        seen = known;
        breaking = waiting;
        if (cursor > items.length) {
            cursor = 0;
        }
        if (items.length === 0 || !built) {
            rebuild();
        } else {
            advance();
        }
    }
    onPhaseChanged: {
        if (phase < last) {
            base += lap;
        }
        last = phase;
    }
    onLapChanged: Qt.callLater(rebuild)
    onSlidingChanged: Qt.callLater(rebuild)

    NumberAnimation on phase {
        duration: 120000
        from: 0
        loops: Animation.Infinite
        running: ticker.running && ticker.sliding && ticker.built && ticker.visible
        to: ticker.lap
    }
    Timer {
        interval: 200
        repeat: true
        running: ticker.running && ticker.sliding && ticker.built && ticker.visible

        onTriggered: ticker.advance()
    }
    Rectangle {
        anchors.fill: parent
        border.color: ticker.tokens.hairline
        border.width: Math.max(1, 0.1 * ticker.u)
        color: ticker.tokens.ticker
        radius: height / 2
    }
    Rectangle {
        id: noticePill

        anchors.bottom: parent.bottom
        anchors.left: parent.left
        anchors.margins: 0.7 * ticker.u
        anchors.top: parent.top
        color: alarming ? ticker.tokens.alarm : ticker.tokens.raised
        radius: height / 2
        visible: noticeText.text !== ""
        width: visible ? Math.min(noticeText.implicitWidth + room, ticker.width * 0.5) : 0

        readonly property bool alarming: ticker.notice !== ""
        readonly property color ink: alarming ? ticker.tokens.ticker : ticker.tokens.text
        // A word's figures grow: it takes its place in steps, as the line begins anew with each.
        readonly property real room: alarming ? 7.6 * ticker.u : (11.6 - (noticeText.implicitWidth / ticker.u) % 4) * ticker.u

        Icon {
            anchors.verticalCenter: parent.verticalCenter
            colour: noticePill.ink
            height: 2.6 * ticker.u
            name: noticePill.alarming ? "warning" : "info"
            width: 2.8 * ticker.u
            x: 1.8 * ticker.u
        }
        Words {
            id: noticeText

            anchors.verticalCenter: parent.verticalCenter
            color: noticePill.ink
            font.weight: Font.Bold
            size: ticker.tokens.type.line
            text: ticker.notice || ticker.word
            tokens: ticker.tokens
            width: parent.width - x - 2 * ticker.u
            x: 5.6 * ticker.u
        }
    }
    Item {
        id: viewport

        anchors.bottom: parent.bottom
        anchors.left: noticePill.visible ? noticePill.right : parent.left
        anchors.leftMargin: 2 * ticker.u
        anchors.right: parent.right
        anchors.rightMargin: 2 * ticker.u
        anchors.top: parent.top
        clip: true

        onWidthChanged: Qt.callLater(ticker.rebuild)

        Item {
            id: strip

            // Whole pixels: glyphs are placed on them one by one, and words would wobble in between.
            x: ticker.sliding ? -Math.round(ticker.phase) : 0

            Repeater {
                id: pool

                model: 16

                TickerEntry {
                    tokens: ticker.tokens
                    x: Math.round(birth - ticker.base)
                    y: Math.round((viewport.height - height) / 2)
                }
            }
        }
        TickerEntry {
            id: single

            property int at: 0

            live: ticker.built && !ticker.sliding && !ticker.tokens.still
            tokens: ticker.tokens
            y: Math.round((viewport.height - height) / 2)

            function turn() {
                if (ticker.items.length > 0) {
                    const urgent = ticker.breaking.length > 0;
                    const item = (urgent ? ticker.itemOf(ticker.breaking[0]) : null) ?? ticker.items[at++ % ticker.items.length];
                    ticker.breaking = ticker.breaking.slice(1);
                    fill(item, 0);
                    limit = implicitLimit();
                }
            }

            function implicitLimit(): real {
                return Math.min(viewport.width, lead + 400 * u);
            }

            SequentialAnimation {
                loops: Animation.Infinite
                running: single.live && ticker.running && ticker.visible

                ScriptAction {
                    script: single.turn()
                }
                NumberAnimation {
                    duration: 250
                    from: 0
                    property: "opacity"
                    target: single
                    to: 1
                }
                PauseAnimation {
                    duration: 5500
                }
                NumberAnimation {
                    duration: 250
                    property: "opacity"
                    target: single
                    to: 0
                }
            }
        }
        EdgeFade {
            anchors.left: parent.left
            colour: ticker.tokens.ticker
            height: parent.height - 0.4 * ticker.u
            toTheRight: true
            visible: ticker.sliding
            width: 3 * ticker.u
            y: 0.2 * ticker.u
        }
        EdgeFade {
            anchors.right: parent.right
            colour: ticker.tokens.ticker
            height: parent.height - 0.4 * ticker.u
            visible: ticker.sliding || ticker.tokens.still
            width: 5 * ticker.u
            y: 0.2 * ticker.u
        }
    }
}
