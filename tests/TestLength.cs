namespace Tokenline.Testing;

/// <summary>What takes long has a short form, which <c>./test.sh</c> runs, and a long one: <c>./test.sh long</c>.</summary>
internal static class TestLength
{
    public const string OnlyLong = "A part of the long form: ./test.sh long";

    public static bool IsLong { get; } = Environment.GetEnvironmentVariable("TOKENLINE_TESTS") == "long";

    public static int Of(int shortForm, int longForm) => IsLong ? longForm : shortForm;
}
