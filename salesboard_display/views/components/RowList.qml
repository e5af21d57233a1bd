// A board's rows, each at its place; the leader's is taller. Rows keep their delegates whatever the ranks do.
pragma ComponentBehavior: Bound

import QtQuick

Item {
    id: list

    required property Tokens tokens
    required property var rows            // a row model whose order never changes
    required property var head
    property real barShare: 0.42          // of what name and bar have between them

    property bool settled: false
    property int created: 0               // delegates made so far; a test counts them

    readonly property real u: tokens.u
    readonly property real heroes: head.hero ? 2.2 * u : 0
    readonly property real pitch: Math.min(11.6 * u, (height + tokens.gap - heroes) / Math.max(1, head.count))
    readonly property real valueWidth: Math.ceil(widest.advanceWidth) + 0.4 * u
    readonly property bool moving: head.movementLabel !== ""
    readonly property real spare: width - (head.ranked ? 17.4 : 10.4) * u - valueWidth - (moving ? 11.4 : 2.4) * u - 2 * u
    readonly property real barRoom: Math.min(spare * barShare, spare - 32 * u) - 2 * u
    readonly property real barWidth: barRoom >= 11 * u ? barRoom : 0
    readonly property real nameWidth: barWidth > 0 ? spare - barWidth - 2 * u : spare

    function topOf(slot: real): real {
        return slot * pitch + heroes * Math.min(1, Math.max(0, slot));
    }

    function rowHeight(slot: real): real {
        return pitch - tokens.gap + heroes * Math.max(0, 1 - slot);
    }

    TextMetrics {
        id: widest

        font: sample.font
        text: list.head.longest
    }
    Words {
        id: sample

        font.weight: Font.ExtraBold
        moving: true
        size: list.tokens.type.value
        tokens: list.tokens
        visible: false
    }
    Repeater {
        model: list.rows

        BoardRow {
            barWidth: list.barWidth
            dense: list.head.dense
            height: Math.round(list.rowHeight(slot))
            moving: list.moving
            nameWidth: list.nameWidth
            ranked: list.head.ranked
            settled: list.settled
            tokens: list.tokens
            unit: list.head.unit
            valueWidth: list.valueWidth
            width: list.width
            x: drift
            y: Math.round(list.topOf(slot))

            Component.onCompleted: list.created += 1
        }
    }
    Timer {
        interval: 50
        running: true

        onTriggered: list.settled = true
    }
}
