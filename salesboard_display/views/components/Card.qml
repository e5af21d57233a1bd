// A surface beside a board: a small caps label, the age of its own data, and whatever stands on it.
import QtQuick

Rectangle {
    id: card

    required property Tokens liveTokens
    required property Tokens staleTokens
    required property StageClock clock
    required property var age
    required property string label
    property color labelColour: tokens.gold
    default property alias contents: body.data

    readonly property Tokens tokens: howOld.stale ? staleTokens : liveTokens
    readonly property real u: tokens.u

    border.color: tokens.hairline
    border.width: Math.max(1, 0.1 * u)
    color: tokens.card
    radius: tokens.radius

    AgeState {
        id: howOld

        age: card.age
        clock: card.clock
    }
    Words {
        id: labelText

        color: card.labelColour
        font.capitalization: Font.AllUppercase
        font.letterSpacing: 0.18 * card.u
        font.weight: Font.ExtraBold
        size: card.tokens.type.label
        text: card.label
        tokens: card.tokens
        width: parent.width - chip.width - 5.6 * card.u
        x: 2.4 * card.u
        y: 1.9 * card.u
    }
    FreshnessChip {
        id: chip

        anchors.right: parent.right
        anchors.rightMargin: 2.4 * card.u
        anchors.verticalCenter: labelText.verticalCenter
        bare: true
        ageState: howOld
        tokens: card.tokens
        widest: card.width * 0.5
    }
    Item {
        id: body

        anchors.bottom: parent.bottom
        anchors.bottomMargin: 2.0 * card.u
        anchors.left: parent.left
        anchors.leftMargin: 2.4 * card.u
        anchors.right: parent.right
        anchors.rightMargin: 2.4 * card.u
        anchors.top: labelText.bottom
        anchors.topMargin: 0.4 * card.u
    }
}
