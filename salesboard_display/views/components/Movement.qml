// Places gained or lost: rises with joy, drops small and quiet; a shape and a figure, never colour alone.
import QtQuick

Item {
    id: movement

    required property Tokens tokens
    required property real places        // positive: up
    required property string kind        // up, down, same, new or ""

    readonly property bool moved: kind === "up" || kind === "down"
    readonly property bool rise: kind === "up"
    readonly property real size: rise ? 3.0 : 2.4

    implicitHeight: words.implicitHeight
    implicitWidth: mark.width + 0.7 * tokens.u + words.implicitWidth

    Icon {
        id: mark

        anchors.right: words.left
        anchors.rightMargin: 0.7 * movement.tokens.u
        anchors.verticalCenter: parent.verticalCenter
        colour: movement.rise ? movement.tokens.up : movement.tokens.down
        height: width * 0.86
        name: movement.rise ? "up" : "down"
        visible: movement.moved
        width: (movement.rise ? 2.3 : 1.6) * movement.tokens.u
    }
    Words {
        id: words

        anchors.right: parent.right
        anchors.verticalCenter: parent.verticalCenter
        color: movement.kind === "down" ? movement.tokens.down : movement.tokens.up
        font.weight: movement.kind === "down" ? Font.Bold : Font.ExtraBold
        moving: true
        size: movement.size
        text: movement.moved ? Math.abs(movement.places).toFixed(0) : movement.kind === "new" ? qsTr("new") : ""
        tokens: movement.tokens
    }
    Rectangle {
        anchors.right: parent.right
        anchors.verticalCenter: parent.verticalCenter
        color: movement.tokens.muted
        height: Math.max(2, 0.3 * movement.tokens.u)
        radius: height / 2
        visible: movement.kind === "same"
        width: 1.6 * movement.tokens.u
    }
}
