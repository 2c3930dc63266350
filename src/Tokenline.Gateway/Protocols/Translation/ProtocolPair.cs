using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Tokenline.Gateway.Protocols.OpenAI;

namespace Tokenline.Gateway.Protocols.Translation;

/// <summary>What the vendor's body must say whatever the client said.</summary>
/// <param name="Model">The model's name at the vendor.</param>
/// <param name="Stream">A stream is asked for, with usage where the protocol has a switch for it.</param>
/// <param name="OutputLimit">The most output tokens, if the client's limit, or none, cannot stand.</param>
/// <param name="OutputTokensMax">The model's most, for protocols that demand a limit.</param>
/// <param name="OutputLimitField">Of chat completions: <c>max_tokens</c> or <c>max_completion_tokens</c>.</param>
internal sealed record VendorWish(string Model, bool Stream, int? OutputLimit, long OutputTokensMax, string OutputLimitField = "max_tokens")
{
    /// <summary>Of vendors of chat completions.</summary>
    public VendorQuirks Quirks { get; init; } = VendorQuirks.Of("");

    /// <summary>The limit for protocols that demand one.</summary>
    public long Limit(int? clients) => OutputLimit ?? Math.Min(clients ?? OutputTokensMax, OutputTokensMax);
}

/// <summary>One pair of protocols. To add one: a file beside its brothers, and a line in <see cref="ProtocolPairs"/>.</summary>
internal abstract class ProtocolPair(Protocol client, Protocol vendor)
{
    private static readonly JsonWriterOptions options = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    private static readonly JsonDocumentOptions reading = new() { MaxDepth = 256 };

    public Protocol Client => client;

    public Protocol Vendor => vendor;

    /// <summary>Fields of the client's protocol that are dropped or refused; <c>docs/protocols.md</c> shows them.</summary>
    public abstract IReadOnlyList<Loss> Losses { get; }

    /// <summary>Translates a body that the client protocol's parser has accepted. With a refusal in the notes, what was written is not to be used.</summary>
    public TranslationNotes TranslateRequest(ReadOnlyMemory<byte> body, VendorWish wish, IBufferWriter<byte> to)
    {
        var notes = new TranslationNotes(Losses);
        using var document = JsonDocument.Parse(body, reading);
        var conversation = Read(document.RootElement, notes);
        if (notes.Refusal is not null)
            return notes;
        using var json = new Utf8JsonWriter(to, options);
        Write(conversation, wish, json, notes);
        return notes;
    }

    protected abstract Conversation Read(JsonElement body, TranslationNotes notes);

    protected abstract void Write(Conversation conversation, VendorWish wish, Utf8JsonWriter json, TranslationNotes notes);

    public abstract AnswerReader NewReader();

    public abstract AnswerWriter NewStreamWriter(AnswerContext context);

    public abstract AnswerWriter NewWholeWriter(AnswerContext context);
}
