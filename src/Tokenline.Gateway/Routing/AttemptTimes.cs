namespace Tokenline.Gateway.Routing;

/// <summary>How long an attempt took, for what is learnt of its deployment. In milliseconds since it was asked.</summary>
/// <param name="Began">Until its first byte; null: it never came.</param>
/// <param name="Ended">Until it was over, however.</param>
internal readonly record struct AttemptTimes(bool Stream, long? Began, long Ended)
{
    /// <summary>In which a stream was written; 0: it was none, or has not begun.</summary>
    public long Writing => Stream && Began is { } began ? Math.Max(1, Ended - began) : 0;
}
