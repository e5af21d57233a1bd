// Rays of light around a winner, fading outwards; drawn once, never moving.
import QtQuick
import QtQuick.Shapes

Shape {
    id: rays

    required property color colour
    property int count: 14

    readonly property string path: {
        const middle = width / 2;
        let drawn = "";
        for (let i = 0; i < count; i++) {
            const from = (i / count) * 2 * Math.PI;
            const to = ((i + 0.5) / count) * 2 * Math.PI;
            drawn += `M${middle} ${middle} L${middle + middle * Math.cos(from)} ${middle + middle * Math.sin(from)} `;
            drawn += `L${middle + middle * Math.cos(to)} ${middle + middle * Math.sin(to)} Z `;
        }
        return drawn;
    }

    ShapePath {
        strokeColor: "transparent"
        strokeWidth: -1

        fillGradient: RadialGradient {
            centerRadius: rays.width / 2
            centerX: rays.width / 2
            centerY: rays.width / 2
            focalX: centerX
            focalY: centerY

            GradientStop {
                color: Qt.alpha(rays.colour, 0.16)
                position: 0
            }
            GradientStop {
                color: Qt.alpha(rays.colour, 0.07)
                position: 0.45
            }
            GradientStop {
                color: Qt.alpha(rays.colour, 0)
                position: 1
            }
        }

        PathSvg {
            path: rays.path
        }
    }
}
