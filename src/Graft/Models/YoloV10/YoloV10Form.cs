namespace Graft.Models.YoloV10;

/// <summary>The form in which a YOLOv10 is built: as it trains, or rewritten for deployment. It is told by the weights and is no setting.</summary>
/// <param name="Folded">Normalisations and parallel branches are folded into their convolutions: a network to run, not to train.</param>
/// <param name="OneToMany">The one-to-many head is there; training needs it, and prediction with suppression.</param>
internal sealed record YoloV10Form(bool Folded = false, bool OneToMany = true);
