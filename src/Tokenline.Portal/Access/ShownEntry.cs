namespace Tokenline.Portal.Access;

/// <summary>The newest entry of the visitor's account when its page began to be made.</summary>
internal sealed record ShownEntry(long Sequence);
