// What a challenge is about: the prize, the time left, and who is in front by how much.
pragma ComponentBehavior: Bound

import QtQuick

Rectangle {
    id: card

    required property Tokens tokens
    required property var head

    readonly property real u: tokens.u
    readonly property real pad: 3 * u

    border.color: tokens.hairline
    border.width: Math.max(1, 0.1 * u)
    color: tokens.card
    radius: tokens.radius

    component Caption: Words {
        color: card.tokens.gold
        font.capitalization: Font.AllUppercase
        font.letterSpacing: 0.18 * card.u
        font.weight: Font.ExtraBold
        size: card.tokens.type.label
        tokens: card.tokens
        width: parent.width
    }

    Column {
        id: stack

        anchors.left: parent.left
        anchors.leftMargin: card.pad
        anchors.right: parent.right
        anchors.rightMargin: card.pad
        spacing: 3.2 * card.u
        y: Math.max(card.pad, (card.height - height) / 2)

        Icon {
            colour: card.tokens.goldFill
            height: 12 * card.u
            name: "trophy"
            width: 12 * card.u
        }
        Column {
            visible: prizeText.text !== ""
            width: parent.width

            Caption {
                text: qsTr("Prize")
            }
            Words {
                id: prizeText

                font.weight: Font.ExtraBold
                maximumLineCount: 3
                size: 3.6
                text: card.head.prize
                tokens: card.tokens
                width: parent.width
                wrapMode: Text.WordWrap
            }
        }
        Column {
            visible: endsText.text !== ""
            width: parent.width

            Caption {
                text: qsTr("Time")
            }
            Words {
                id: endsText

                font.weight: Font.Bold
                maximumLineCount: 2
                moving: true
                size: 3.2
                text: card.head.endsText.replace(" · ", "\n")
                tokens: card.tokens
                width: parent.width
                wrapMode: Text.WordWrap
            }
        }
        Column {
            visible: card.head.leaderName !== ""
            width: parent.width

            Caption {
                text: qsTr("In front")
            }
            Row {
                spacing: 1.6 * card.u
                width: parent.width

                Avatar {
                    id: face

                    anchors.verticalCenter: parent.verticalCenter
                    colour: card.head.leaderColour
                    initials: card.head.leaderInitials
                    picture: card.head.leaderPicture
                    tokens: card.tokens
                    width: Math.round(3.4 * card.u) * 2
                }
                Column {
                    width: parent.width - face.width - parent.spacing

                    Words {
                        font.weight: Font.ExtraBold
                        moving: true
                        size: 3.3
                        text: card.head.leaderName
                        tokens: card.tokens
                        width: parent.width
                    }
                    Words {
                        color: card.tokens.muted
                        moving: true
                        size: card.tokens.type.line
                        text: card.head.leaderGap
                        tokens: card.tokens
                        visible: text !== ""
                        width: parent.width
                    }
                }
            }
        }
    }
}
