using Graft.Configuration;
using Graft.Models.YoloV10;
using Graft.Models.YoloWorld;

namespace Graft.Models;

/// <summary>Which network, and its sizes; <c>model.kind</c> picks the record.</summary>
[Kind("yolo_world", typeof(YoloWorldOptions))]
[Kind("yolov10", typeof(YoloV10Options))]
public abstract record ModelOptions;
