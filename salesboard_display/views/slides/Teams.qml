// Team against team: one card each, filling up to the team's own goal.
pragma ComponentBehavior: Bound

import QtQuick
import "../components"

Slide {
    id: slide

    note: [head.paced ? qsTr("Line: where we should be") : "", head.movementLabel].filter(part => part !== "").join(" · ")

    Item {
        id: field

        readonly property real gap: 1.8 * slide.u
        readonly property real cardWidth: (width - gap * (slide.head.columns - 1)) / slide.head.columns
        readonly property real cardHeight: (height - gap * (slide.head.lines - 1)) / slide.head.lines

        property bool settled: false

        anchors.fill: parent

        Repeater {
            model: slide.rows

            TeamCard {
                readonly property real column: place % slide.head.columns
                readonly property real line: Math.floor(place / slide.head.columns)

                compact: slide.head.lines > 1
                height: field.cardHeight
                settled: field.settled
                tokens: slide.tokens
                unit: slide.head.unit
                width: field.cardWidth
                x: Math.round(column * (field.cardWidth + field.gap))
                y: Math.round(line * (field.cardHeight + field.gap))
            }
        }
        Timer {
            interval: 50
            running: true

            onTriggered: field.settled = true
        }
    }
}
