// The first three on their steps, the others as a quiet list beside them.
pragma ComponentBehavior: Bound

import QtQuick
import "../components"

Slide {
    id: slide

    readonly property real beside: head.beside > 0 ? Math.min(58 * u, width * 0.36) : hasPanels ? Math.min(46 * u, width * 0.3) : 0

    note: head.movementLabel
    noteRight: width - safe - (beside > 0 ? beside + tokens.gutter : 0)

    Item {
        id: stand

        readonly property real u: slide.u
        readonly property real gap: 1.6 * u
        readonly property real step: Math.min(40 * u, (width - 2 * gap) / 3)
        readonly property var heights: [35, 28, 22]
        readonly property real faceSpace: 3 * u

        property bool settled: false

        // First in the middle, second at its left, third at its right.
        function stepX(place: real): real {
            const columns = place < 0.5 ? 0 : place < 1.5 ? -1 : 1;
            return width / 2 + columns * (step + gap) - step / 2;
        }

        // The step's own rank: two who share the second stand equally high.
        function medalAt(place: real): real {
            const at = Math.min(2, place);
            return slide.head.stepRanks[at] ?? at;
        }

        function stepHeight(place: real): real {
            return heights[medalAt(place)] * u;
        }

        anchors.bottom: parent.bottom
        anchors.left: parent.left
        anchors.right: parent.right
        anchors.rightMargin: slide.beside > 0 ? slide.beside + slide.tokens.gutter : 0
        anchors.top: parent.top

        Rays {
            centre: 37 * slide.u             // above, the wall ends; 31 u below, the lowest step stands before them
            colour: slide.tokens.goldFill
            height: centre + 31 * slide.u
            visible: slide.head.steps > 0
            width: 96 * slide.u
            x: stand.stepX(0) + (stand.step - width) / 2
            y: stand.height - stand.stepHeight(0) - 17 * slide.u - centre
        }
        Repeater {
            model: slide.head.steps

            PodiumStep {
                required property int index

                height: stand.stepHeight(index)
                medalRank: stand.medalAt(index)
                tokens: slide.tokens
                width: stand.step
                x: Math.round(stand.stepX(index))
                y: Math.round(stand.height - height)
            }
        }
        Repeater {
            model: slide.rows

            PodiumFace {
                medalRank: stand.medalAt(place)
                stepHeight: stand.stepHeight(place)
                height: stand.height
                settled: stand.settled
                tokens: slide.tokens
                unit: slide.head.unit
                width: stand.step
                x: Math.round(stand.stepX(Math.min(2, place)))
            }
        }
        Timer {
            interval: 50
            running: true

            onTriggered: stand.settled = true
        }
    }
    QuietList {
        anchors.bottom: parent.bottom
        anchors.right: parent.right
        anchors.top: parent.top
        first: slide.head.steps
        head: slide.head
        rows: slide.rows
        tokens: slide.tokens
        visible: slide.head.beside > 0
        width: slide.beside
    }
    PanelColumn {
        anchors.bottom: parent.bottom
        anchors.right: parent.right
        anchors.top: parent.top
        clock: slide.clock
        head: slide.head
        liveTokens: slide.liveTokens
        panels: slide.panels
        staleTokens: slide.staleTokens
        visible: slide.head.beside === 0 && slide.hasPanels
        width: slide.beside
    }
}
