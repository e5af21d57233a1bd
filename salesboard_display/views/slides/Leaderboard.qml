// A board: who is where, with what, how far behind, and since when; cards beside it.
import QtQuick
import "../components"

Slide {
    id: slide

    readonly property real side: hasPanels ? Math.min(46 * u, width * 0.3) : 0

    note: head.movementLabel
    noteRight: width - safe - (side > 0 ? side + tokens.gutter : 0) - 2.4 * u

    RowList {
        anchors.bottom: parent.bottom
        anchors.left: parent.left
        anchors.right: parent.right
        anchors.rightMargin: slide.side > 0 ? slide.side + slide.tokens.gutter : 0
        anchors.top: parent.top
        head: slide.head
        rows: slide.rows
        tokens: slide.tokens
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
        visible: slide.hasPanels
        width: slide.side
    }
}
