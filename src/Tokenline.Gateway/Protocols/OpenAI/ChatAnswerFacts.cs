using System.Text;
using Tokenline.Charging.Tariffs;

namespace Tokenline.Gateway.Protocols.OpenAI;

/// <summary>
/// What is remembered of an answer while it passes: who answered, which choices have ended, and the last usage reported. One per call;
/// <see cref="Reset"/> makes it ready for the next.
/// </summary>
internal sealed class ChatAnswerFacts
{
    /// <summary>A vendor's usage object longer than this is read but not kept.</summary>
    public const int UsageBytesMax = 8 * 1024;

    private const int TokenBytesMax = 256;

    private byte[] id = [];
    private byte[] model = [];
    private byte[] finishReason = [];
    private byte[] usage = [];
    private int idLength;
    private int modelLength;
    private int finishReasonLength;
    private int usageLength;
    private UInt128 finished;
    private string? modelText;

    /// <summary>The first id as its JSON token, or empty. Some vendors change it from chunk to chunk.</summary>
    public ReadOnlySpan<byte> IdToken => id.AsSpan(0, idLength);

    /// <summary>The answering model as its JSON token, or empty. It may differ from the one asked for.</summary>
    public ReadOnlySpan<byte> ModelToken => model.AsSpan(0, modelLength);

    /// <summary>Unix seconds, or 0.</summary>
    public long Created { get; private set; }

    /// <summary>The service class that the vendor says it served; null where it does not say.</summary>
    public ServiceClass? Service { get; private set; }

    /// <summary>The last finish reason as its JSON token, or empty.</summary>
    public ReadOnlySpan<byte> FinishReasonToken => finishReason.AsSpan(0, finishReasonLength);

    /// <summary>How many different choices have ended.</summary>
    public int FinishedChoices => (int)UInt128.PopCount(finished);

    public bool HasUsage => usageLength > 0;

    /// <summary>The last usage object, as the vendor wrote it.</summary>
    public ReadOnlySpan<byte> UsageObject => usage.AsSpan(0, usageLength);

    public bool IsFinished(int choice) => choice is >= 0 and < 128 && ((finished >> choice) & 1) == 1;

    /// <summary>The answering model as text, or null.</summary>
    public string? Model() => modelText ??= Text(ModelToken);

    public string? FinishReason() => Text(FinishReasonToken);

    /// <summary>The last usage counts, once: vendors repeat it, or report it growing.</summary>
    public UsageReading ReadUsage(UsageQuirks quirks) => HasUsage ? OpenAIUsageReader.Read(UsageObject, quirks) : default;

    /// <summary>The last usage for the record; empty if there is none or it is too long to keep.</summary>
    public ReadOnlySpan<byte> VerbatimUsage => usageLength <= UsageBytesMax ? UsageObject : default;

    public void Reset()
    {
        idLength = modelLength = finishReasonLength = usageLength = 0;
        Created = 0;
        Service = null;
        finished = 0;
        modelText = null;
        if (usage.Length > UsageBytesMax)
            usage = [];
    }

    internal void KeepId(ReadOnlySpan<byte> token) => KeepFirst(token, ref id, ref idLength);

    internal void KeepModel(ReadOnlySpan<byte> token) => KeepFirst(token, ref model, ref modelLength);

    internal void KeepCreated(long seconds)
    {
        if (Created == 0)
            Created = seconds;
    }

    internal void KeepServiceTier(ReadOnlySpan<byte> token) => Service = ServiceTiers.Of(token) ?? Service;

    internal void KeepFinishReason(ReadOnlySpan<byte> token)
    {
        finishReasonLength = 0;
        KeepFirst(token, ref finishReason, ref finishReasonLength);
    }

    internal void Finish(int choice)
    {
        if (choice is >= 0 and < 128)
            finished |= UInt128.One << choice;
    }

    internal void KeepUsage(ReadOnlySpan<byte> value)
    {
        if (usage.Length < value.Length)
            usage = new byte[Math.Max(value.Length, 256)];
        value.CopyTo(usage);
        usageLength = value.Length;
    }

    // Azure's first chunk has an empty id and model: "first" means first with something in it.
    private static void KeepFirst(ReadOnlySpan<byte> token, ref byte[] to, ref int length)
    {
        if (length > 0 || token.Length <= 2 || token.Length > TokenBytesMax)
            return;
        if (to.Length < token.Length)
            to = new byte[token.Length];
        token.CopyTo(to);
        length = token.Length;
    }

    private static string? Text(ReadOnlySpan<byte> token)
    {
        if (token.IsEmpty)
            return null;
        Span<byte> plain = stackalloc byte[TokenBytesMax];
        return Encoding.UTF8.GetString(plain[..JsonText.Unescape(token[1..^1], plain)]);
    }
}
