// A drawn mark: the wall's typeface has no stars, arrows or clocks (and another font's would look it).
import QtQuick
import QtQuick.Shapes

Shape {
    id: icon

    required property string name
    required property color colour

    readonly property var paths: ({
        "star": "M12 1.6 L15.2 8.4 L22.6 9.3 L17.1 14.4 L18.6 21.7 L12 18 L5.4 21.7 L6.9 14.4 L1.4 9.3 L8.8 8.4 Z",
        "up": "M12 4 L22 20 L2 20 Z",
        "down": "M12 20 L2 4 L22 4 Z",
        "timer": "M9 1 H15 V3.4 H13.2 V5.1 A8.9 8.9 0 1 1 10.8 5.1 V3.4 H9 Z M10.8 8.6 V15.2 H16.4 V12.9 H13.1 V8.6 Z",
        "info": "M12 1.5 A10.5 10.5 0 1 1 12 22.5 A10.5 10.5 0 1 1 12 1.5 Z M10.6 10.4 V18 H13.4 V10.4 Z M10.6 6 V8.6 H13.4 V6 Z",
        "warning": "M12 1.8 L23 21.6 H1 Z M10.7 9 V15.2 H13.3 V9 Z M10.7 16.8 V19.2 H13.3 V16.8 Z",
        "flag": "M4 1.5 H6.6 V3 H20.5 L17 8.2 L20.5 13.4 H6.6 V22.5 H4 Z",
        "crown": "M2 6.2 L7.4 11 L12 3 L16.6 11 L22 6.2 L19.8 17.4 H4.2 Z M4.2 19 H19.8 V21.6 H4.2 Z",
        "trophy": "M6.2 1.5 H17.8 Q18.5 1.5 18.5 2.3 V3.6 H21.4 Q22.6 3.6 22.6 4.8 C22.6 9 20.8 11.4 17.4 11.9 C16.5 13.7 15.1 14.8 13.3 15.2 V17.7 H15.2 Q16.4 17.7 16.7 18.8 L17.5 22.5 H6.5 L7.3 18.8 Q7.6 17.7 8.8 17.7 H10.7 V15.2 C8.9 14.8 7.5 13.7 6.6 11.9 C3.2 11.4 1.4 9 1.4 4.8 Q1.4 3.6 2.6 3.6 H5.5 V2.3 Q5.5 1.5 6.2 1.5 Z M3.4 5.6 C3.5 7.9 4.3 9.3 5.8 9.8 C5.6 8.6 5.5 7.2 5.5 5.6 Z M20.6 5.6 H18.5 C18.5 7.2 18.4 8.6 18.2 9.8 C19.7 9.3 20.5 7.9 20.6 5.6 Z",
        "pause": "M5 3 H10 V21 H5 Z M14 3 H19 V21 H14 Z"
    })

    fillMode: Shape.PreserveAspectFit

    ShapePath {
        fillColor: icon.colour
        fillRule: ShapePath.OddEvenFill
        strokeColor: "transparent"
        strokeWidth: -1

        PathSvg {
            path: icon.paths[icon.name] ?? icon.paths["info"]
        }
    }
}
