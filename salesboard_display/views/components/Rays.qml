// Rays of light around a winner, fading outwards: one picture, drawn once (views/rays.py), never moving.
import QtQuick

Image {
    id: rays

    required property color colour
    required property real centre        // where they come from, below the top
    readonly property bool pictureLoading: status === Image.Loading

    asynchronous: true
    source: width > 0 ? `image://rays/${colour.toString().slice(-6)}/${Math.round(centre)}` : ""
    sourceSize: Qt.size(Math.round(width), Math.round(height))
}
