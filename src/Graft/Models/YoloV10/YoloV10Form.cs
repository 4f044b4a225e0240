namespace Graft.Models.YoloV10;

/// <summary>The form in which a YOLOv10 is built: for training, or rewritten for deployment. The weights determine it; it is not a
/// setting.</summary>
/// <param name="Folded">Normalisations and parallel branches are folded into their convolutions: a network for inference, not for
/// training.</param>
/// <param name="OneToMany">Whether the one-to-many head exists; training and prediction with NMS need it.</param>
internal sealed record YoloV10Form(bool Folded = false, bool OneToMany = true);
