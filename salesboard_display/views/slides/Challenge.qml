// A challenge full-screen: who is how far, what can be won, and how long it goes on.
import QtQuick
import "../components"

Slide {
    id: slide

    readonly property real side: Math.min(48 * u, width * 0.32)

    note: head.movementLabel
    noteRight: width - safe - side - tokens.gutter - 2.4 * u

    RowList {
        anchors.bottom: parent.bottom
        anchors.left: parent.left
        anchors.right: parent.right
        anchors.rightMargin: slide.side + slide.tokens.gutter
        anchors.top: parent.top
        barShare: 0.56
        head: slide.head
        rows: slide.rows
        tokens: slide.tokens
    }
    PrizeCard {
        anchors.bottom: parent.bottom
        anchors.right: parent.right
        anchors.top: parent.top
        head: slide.head
        tokens: slide.tokens
        width: slide.side
    }
}
