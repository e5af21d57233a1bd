// The wall: the slides, the clock above them, the ticker below, and a little wandering against burn-in.
pragma ComponentBehavior: Bound

import QtQuick
import "../components"

Item {
    id: stage

    required property var wall           // what Python says: theme, content, ticker, clock, and how to behave
    readonly property alias meter: meterLoader.item
    readonly property alias liveTokens: live
    readonly property alias deck: slides
    readonly property alias line: ticker
    readonly property real u: live.u

    readonly property var wander: [[0, 0], [0.3, 0.15], [0.5, 0.4], [0.25, 0.5], [-0.1, 0.4], [-0.4, 0.5], [-0.5, 0.2], [-0.3, -0.1], [-0.5, -0.4], [-0.2, -0.5], [0.15, -0.35], [0.4, -0.5], [0.5, -0.2], [0.25, -0.1]]
    readonly property bool nothingStands: !wall.content
    property int wandered: 0

    function settle() {
        slides.settle();
    }

    Tokens {
        id: live

        capped: stage.wall.software && stage.height > 1440 && !still
        locale: stage.wall.locale
        reduced: stage.wall.reduced
        screenHeight: Math.min(stage.height, stage.width / 1.5)
        still: stage.wall.still
        theme: stage.wall.theme.live
    }
    Tokens {
        id: old

        capped: live.capped
        locale: live.locale
        reduced: live.reduced
        screenHeight: live.screenHeight
        still: live.still
        theme: stage.wall.theme.stale

        onValueChanging: live.valueChanging()
    }
    StageClock {
        id: clock

        now: stage.wall.still ? stage.wall.clock.real_ms : Date.now()
        office: stage.wall.clock
        ticking: !stage.wall.still && stage.visible
    }
    Rectangle {
        anchors.fill: parent
        color: live.backgroundLow
    }
    Item {
        id: shifted

        height: stage.height
        width: stage.width
        x: Math.round(stage.wander[stage.wandered][0] * stage.u)
        y: Math.round(stage.wander[stage.wandered][1] * stage.u)

        Deck {
            id: slides

            anchors.fill: parent
            clock: clock
            inset: live.safe + (ticker.visible ? ticker.height + 1.3 * stage.u : 0)
            liveTokens: live
            reserved: time.width + 2.6 * stage.u + (pauseMark.visible ? pauseMark.width + 1.6 * stage.u : 0)
            staleTokens: old
            wall: stage.wall
        }
        Words {
            id: time

            anchors.right: parent.right
            anchors.rightMargin: live.safe
            font.weight: Font.ExtraBold
            size: live.type.clock
            text: clock.time(live.locale)
            tokens: live
            y: Math.round(live.safe + (live.type.title - live.type.clock) * 0.683 * stage.u)
        }
        Rectangle {
            id: pauseMark

            anchors.right: time.left
            anchors.rightMargin: 1.6 * stage.u
            anchors.verticalCenter: time.verticalCenter
            border.color: live.hairline
            border.width: Math.max(1, 0.15 * stage.u)
            color: live.card
            height: 4.4 * stage.u
            radius: height / 2
            visible: stage.wall.paused
            width: height

            Icon {
                anchors.centerIn: parent
                colour: live.text
                height: 2 * stage.u
                name: "pause"
                width: 2 * stage.u
            }
        }
        Ticker {
            id: ticker

            anchors.bottom: parent.bottom
            anchors.bottomMargin: live.safe
            anchors.left: parent.left
            anchors.leftMargin: live.safe
            anchors.right: parent.right
            anchors.rightMargin: live.safe
            items: stage.wall.ticker
            notice: stage.wall.notice
            running: stage.visible
            tokens: live
            visible: stage.wall.tickerShown && (items.length > 0 || notice !== "" || word !== "")
            word: stage.nothingStands ? "" : stage.wall.reading[0] ?? ""
        }
        // Where a board will stand: what is being read for the first time, or why there is none.
        Column {
            id: waiting

            anchors.centerIn: parent
            spacing: live.gap
            visible: stage.nothingStands
            width: parent.width - 4 * live.safe

            Repeater {
                model: stage.nothingStands ? stage.wall.reading.length : 0

                Words {
                    required property int index

                    font.weight: Font.Bold
                    horizontalAlignment: Text.AlignHCenter
                    maximumLineCount: 3
                    moving: true
                    size: live.type.value
                    text: stage.wall.reading[index] ?? ""
                    tokens: live
                    width: waiting.width
                    wrapMode: Text.WordWrap
                }
            }
        }
    }
    Timer {
        interval: 180000
        repeat: true
        running: !stage.wall.still && stage.visible

        onTriggered: stage.wandered = (stage.wandered + 1) % stage.wander.length
    }
    HoverHandler {
        id: pointer

        cursorShape: hide.idle ? Qt.BlankCursor : Qt.ArrowCursor

        onPointChanged: hide.wake()
    }
    Timer {
        id: hide

        property bool idle: false
        property point at: Qt.point(-1, -1)

        function wake() {
            const here = pointer.point.position;
            if (here.x !== at.x || here.y !== at.y) {
                at = here;
                idle = false;
                restart();
            }
        }

        interval: 3000
        running: !stage.wall.still

        onTriggered: idle = true
    }
    Loader {
        id: meterLoader

        active: stage.wall.stats

        sourceComponent: Meter {
            changing: slides.fading
            tokens: live
            wall: stage.wall
        }
    }
}
