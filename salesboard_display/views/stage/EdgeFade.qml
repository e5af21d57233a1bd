// Lets moving words fade into the surface at an edge.
import QtQuick

Rectangle {
    id: edge

    required property color colour
    property bool toTheRight: false

    gradient: Gradient {
        orientation: Gradient.Horizontal

        GradientStop {
            color: edge.toTheRight ? edge.colour : Qt.alpha(edge.colour, 0)
            position: 0
        }
        GradientStop {
            color: edge.toTheRight ? Qt.alpha(edge.colour, 0) : edge.colour
            position: 1
        }
    }
}
