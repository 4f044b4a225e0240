namespace Graft.Text;

/// <summary>A token that was added to a trained vocabulary: literal text with its own id, extracted before anything else is
/// split.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Content">Its text.</param>
/// <param name="Special">Whether decoding may skip it.</param>
/// <param name="StripsLeft">Whether it consumes white space before it.</param>
/// <param name="StripsRight">Whether it consumes white space after it.</param>
/// <param name="WholeWord">Whether it matches only where no letter, digit or underscore is adjacent.</param>
public sealed record AddedToken(int Id, string Content, bool Special, bool StripsLeft = false, bool StripsRight = false, bool WholeWord = false);
