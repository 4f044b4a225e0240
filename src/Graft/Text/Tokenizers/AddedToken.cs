namespace Graft.Text;

/// <summary>A token that was added to a trained vocabulary: literal text with its own id, cut out before anything else is split.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Content">Its text.</param>
/// <param name="Special">Whether decoding may leave it out.</param>
/// <param name="StripsLeft">Whether it swallows white space before it.</param>
/// <param name="StripsRight">Whether it swallows white space after it.</param>
/// <param name="WholeWord">Whether it counts only where no letter, digit or underscore touches it.</param>
public sealed record AddedToken(int Id, string Content, bool Special, bool StripsLeft = false, bool StripsRight = false, bool WholeWord = false);
