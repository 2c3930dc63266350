namespace Tokenline.Gateway.Protocols;

/// <summary>The client's name of a run: calls that carry the same one share a run's limits and are reported together.</summary>
internal static class RunId
{
    public const string Form = "1 to 64 printable ASCII characters without spaces";
    private const int LengthMax = 64;

    public static bool IsValid(ReadOnlySpan<byte> text) =>
        text.Length is > 0 and <= LengthMax && text.IndexOfAnyExceptInRange((byte)'!', (byte)'~') < 0;

    public static bool IsValid(ReadOnlySpan<char> text) =>
        text.Length is > 0 and <= LengthMax && text.IndexOfAnyExceptInRange('!', '~') < 0;
}
