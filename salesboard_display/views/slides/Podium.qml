// The first three on their steps, the others as a quiet list beside them.
import QtQuick
import "../components"

Slide {
    id: slide

    readonly property real beside: head.beside > 0 ? Math.min(58 * u, width * 0.36) : hasPanels ? Math.min(46 * u, width * 0.3) : 0

    note: head.movementLabel
    noteRight: width - safe - (beside > 0 ? 2.4 * u : 0)

    Item {
        id: stand

        readonly property real u: slide.u
        readonly property real gap: 1.6 * u
        readonly property real step: Math.min(40 * u, (width - 2 * gap) / 3)
        readonly property var heights: [34, 26.5, 20]
        readonly property real faceSpace: 3 * u

        property bool settled: false

        // First in the middle, second at its left, third at its right.
        function stepX(place: real): real {
            const columns = place < 0.5 ? 0 : place < 1.5 ? -1 : 1;
            return width / 2 + columns * (step + gap) - step / 2;
        }

        function stepHeight(place: real): real {
            return heights[Math.min(2, place)] * u;
        }

        anchors.bottom: parent.bottom
        anchors.left: parent.left
        anchors.right: parent.right
        anchors.rightMargin: slide.beside > 0 ? slide.beside + slide.tokens.gutter : 0
        anchors.top: parent.top

        Rectangle {
            // Light falling on the winner.
            anchors.bottom: parent.bottom
            anchors.top: parent.top
            anchors.topMargin: -4 * slide.u
            visible: slide.head.steps > 0
            width: stand.step + 8 * slide.u
            x: stand.stepX(0) - 4 * slide.u

            gradient: Gradient {
                orientation: Gradient.Horizontal

                GradientStop {
                    color: Qt.alpha(slide.tokens.goldFill, 0)
                    position: 0
                }
                GradientStop {
                    color: Qt.alpha(slide.tokens.goldFill, 0.13)
                    position: 0.5
                }
                GradientStop {
                    color: Qt.alpha(slide.tokens.goldFill, 0)
                    position: 1
                }
            }
        }
        Repeater {
            model: slide.head.steps

            PodiumStep {
                required property int index

                height: stand.stepHeight(index)
                place: index
                tokens: slide.tokens
                width: stand.step
                x: Math.round(stand.stepX(index))
                y: Math.round(stand.height - height)
            }
        }
        Repeater {
            model: slide.rows

            PodiumFace {
                stepHeight: stand.stepHeight(Math.min(2, place))
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
