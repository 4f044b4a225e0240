using Graft.Configuration;
using Graft.Models.YoloWorld;

namespace Graft.Models;

/// <summary>Which network, and its sizes; <c>model.kind</c> picks the record.</summary>
[Kind("yolo_world", typeof(YoloWorldOptions))]
public abstract record ModelOptions;
