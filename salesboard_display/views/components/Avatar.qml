// A person: the picture in a circle, else initials on the person's colour. A missing picture leaves no hole.
import QtQuick

Rectangle {
    id: avatar

    required property Tokens tokens
    required property real colour
    required property string initials
    required property string picture
    readonly property bool pictureLoading: photo.status === Image.Loading

    color: tokens.person(colour)
    height: width
    objectName: "avatar"
    radius: width / 2

    Words {
        anchors.centerIn: parent
        color: avatar.tokens.onPerson(avatar.colour)
        elide: Text.ElideNone
        font.weight: Font.ExtraBold
        horizontalAlignment: Text.AlignHCenter
        moving: true
        size: Math.max(2.15, avatar.width / avatar.tokens.u * 0.37)
        text: avatar.initials
        tokens: avatar.tokens
        visible: !photo.visible
    }
    Image {
        id: photo

        anchors.fill: parent
        asynchronous: true
        source: avatar.picture === "" ? "" : "image://avatar/" + (avatar.tokens.greyed ? "grey/" : "plain/") + encodeURIComponent(avatar.picture)
        sourceSize: Qt.size(Math.ceil(avatar.width), Math.ceil(avatar.width))
        visible: status === Image.Ready && implicitWidth > 1 // one pixel: there is no such picture
    }
}
