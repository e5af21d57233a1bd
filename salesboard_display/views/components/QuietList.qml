// The rows after the first few, small and calm.
pragma ComponentBehavior: Bound

import QtQuick

Item {
    id: list

    required property Tokens tokens
    required property var rows
    required property var head
    required property real first          // the place at which this list begins

    property bool settled: false

    readonly property real u: tokens.u
    readonly property real pitch: Math.min(10.4 * u, (height + tokens.gap) / Math.max(5, head.count - first))
    readonly property real block: (head.count - first) * pitch - tokens.gap

    Repeater {
        model: list.rows

        QuietRow {
            first: list.first
            height: list.pitch - list.tokens.gap
            settled: list.settled
            tokens: list.tokens
            unit: list.head.unit
            valueWidth: Math.ceil(widest.advanceWidth) + 0.4 * list.u
            width: list.width
            y: Math.round(Math.max(0, list.height - list.block) + (slot - list.first) * list.pitch)
        }
    }
    TextMetrics {
        id: widest

        font: sample.font
        text: list.head.longestBeside ?? ""
    }
    Words {
        id: sample

        font.weight: Font.Bold
        moving: true
        size: 3.1
        tokens: list.tokens
        visible: false
    }
    Timer {
        interval: 50
        running: true

        onTriggered: list.settled = true
    }
}
