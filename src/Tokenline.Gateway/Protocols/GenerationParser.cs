using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Tokenline.Charging.Tariffs;

namespace Tokenline.Gateway.Protocols;

/// <summary>What a top-level member of a body is to the gateway.</summary>
internal enum BodyField
{
    /// <summary>Passed on; a vendor's template might print it, so its bytes are part of the prompt's bound.</summary>
    Unknown,

    /// <summary>Passed on, and known never to be part of the prompt.</summary>
    NotPrompt,
    Model,
    Stream,
    OutputLimit,

    /// <summary>The conversation: a text, or a list of turns.</summary>
    Turns,
    Tools,
    Metadata,

    /// <summary>An object that holds the limit of output, under a name of its own.</summary>
    Settings,
    ServiceClass,

    /// <summary>Refused with the rule's reason unless its value is null, false, empty or one of the rule's words.</summary>
    Priced,
}

/// <summary>A row of a protocol's table of top-level members.</summary>
internal sealed class BodyRule(string name, BodyField kind, string? why = null, params string[] words)
{
    public string Name => name;

    public byte[] Utf8 { get; } = Encoding.UTF8.GetBytes(name);

    public BodyField Field => kind;

    public string? Why => why;

    public IReadOnlyList<string> Words => words;
}

/// <summary>What a protocol's bodies look like to the parser. What is in no table passes, and counts as prompt.</summary>
internal abstract class BodyShape(IReadOnlyList<BodyRule> rules)
{
    public BodyRule? Find(ReadOnlySpan<byte> name)
    {
        foreach (var rule in rules)
        {
            if (name.SequenceEqual(rule.Utf8))
                return rule;
        }
        return null;
    }

    public IReadOnlyList<BodyRule> Rules => rules;

    /// <summary>Models are named in the address, not in the body.</summary>
    public virtual bool HasModel => true;

    /// <summary>The limit inside <see cref="BodyField.Settings"/>.</summary>
    public virtual bool IsNestedLimit(ReadOnlySpan<byte> name) => false;

    /// <summary>A tool of this type runs at the customer and costs nothing but its tokens. Others run at the vendor.</summary>
    public abstract bool ToolTypeIsSold(ReadOnlySpan<byte> type);

    /// <summary>A tool without a type is told by the names of its members.</summary>
    public virtual bool ToolMemberIsSold(ReadOnlySpan<byte> name) => true;

    /// <summary>A tool at the vendor that is taken out of the request, and said to be, instead of refusing it.</summary>
    public virtual bool ToolIsLeftOut(ReadOnlySpan<byte> type) => false;

    /// <summary>The block has been read: what in it is media, by the members that were found.</summary>
    public abstract void Weigh(in BlockFacts block, ref RequestFacts facts);
}

/// <summary>What the parser has found in one object of the conversation.</summary>
internal ref struct BlockFacts
{
    /// <summary>The value of <c>type</c>; empty if there is none, or more than one.</summary>
    public ReadOnlySpan<byte> Type { get; set; }

    /// <summary>The value of a media type member.</summary>
    public ReadOnlySpan<byte> MediaType { get; set; }

    /// <summary>Characters of base64 in a member for it.</summary>
    public int PayloadBytes { get; set; }

    public bool HasUrl { get; set; }

    /// <summary>The kind of the object around this one, by its <c>type</c> if that came first.</summary>
    public ReadOnlySpan<byte> Around { get; set; }
}

/// <summary>One pass over a body of any protocol but chat completions, which has a parser of its own.</summary>
internal ref struct GenerationParser(ReadOnlySpan<byte> body, BodyShape shape)
{
    private const int MembersMax = 256;
    private const int DepthMax = 128;

    private static readonly JsonReaderOptions options = new() { MaxDepth = DepthMax * 2, AllowTrailingCommas = false };

    private readonly ReadOnlySpan<byte> body = body;
    private Utf8JsonReader reader = new(body, options);
    private bool hasTurns;

    public RequestFacts Facts = new() { Choices = 1 };

    public RequestRefusal? Run()
    {
        if (body.StartsWith("\uFEFF"u8))
            return Refuse("The body starts with a byte order mark; send UTF-8 without one.");
        if (!Utf8.IsValid(body))
            return Refuse("The body is not valid UTF-8.");
        try
        {
            return ReadRoot();
        }
        catch (JsonException e)
        {
            return Refuse(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"The body is not valid JSON at line {(e.LineNumber ?? 0) + 1}, byte {e.BytePositionInLine ?? 0}."
                )
            );
        }
    }

    private RequestRefusal? ReadRoot()
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
            return Refuse("The body must be a JSON object.");
        var seen = new HashSet<string>(StringComparer.Ordinal);
        Span<byte> folded = stackalloc byte[MemberName.BytesMax];
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var length = MemberName.Fold(reader.ValueSpan, reader.ValueIsEscaped, folded, out _);
            if (length < 0)
                return Refuse($"The name of a member is longer than {MemberName.BytesMax} bytes.");
            var name = Encoding.UTF8.GetString(folded[..length]);
            if (!seen.Add(name))
                return Refuse($"The member '{name}' appears twice.", name);
            if (seen.Count > MembersMax)
                return Refuse($"The body has more than {MembersMax} top-level members.");
            var rule = reader.ValueIsEscaped ? shape.Find(folded[..length]) : shape.Find(reader.ValueSpan);
            if (rule is null && shape.Find(folded[..length]) is { } meant)
                return Refuse($"Write '{meant.Name}' as it is here: some vendors would read this spelling and others would not.", name);
            reader.Read();
            if (ReadMember(rule, rule?.Name ?? name) is { } refusal)
                return refusal;
        }
        Facts.ClosingBrace = (int)reader.TokenStartIndex;
        reader.Read(); // anything but white space after the object throws
        if (shape.HasModel && Facts.ModelToken.IsEmpty)
            return Refuse("You must provide a model.", "model");
        if (hasTurns)
            return null;
        var turns = shape.Rules.First(rule => rule.Field == BodyField.Turns).Name;
        return Refuse($"You must provide {turns}.", turns);
    }

    private RequestRefusal? ReadMember(BodyRule? rule, string name)
    {
        var start = (int)reader.TokenStartIndex;
        RequestRefusal? refusal;
        switch (rule?.Field ?? BodyField.Unknown)
        {
            case BodyField.NotPrompt:
                return Walk();
            case BodyField.Model:
                if (reader.TokenType != JsonTokenType.String || reader.ValueSpan.Length is 0 or > MemberName.BytesMax)
                    return Refuse($"'model' must be a string of 1 to {MemberName.BytesMax} bytes.", name);
                Facts.ModelToken = Token();
                Facts.ModelIsEscaped = reader.ValueIsEscaped;
                return null;
            case BodyField.Stream:
                Facts.Stream = reader.TokenType == JsonTokenType.True;
                return reader.TokenType is JsonTokenType.True or JsonTokenType.False or JsonTokenType.Null
                    ? null
                    : Refuse("'stream' must be true or false.", name);
            case BodyField.OutputLimit:
                return ReadLimit(name);
            case BodyField.Metadata:
                return ReadMetadata();
            case BodyField.Settings:
                return ReadSettings(name);
            case BodyField.ServiceClass:
                return ReadServiceClass(rule!);
            case BodyField.Priced:
                return IsOff(rule!) ? Walk() : Refuse($"'{rule!.Name}' is not sold here yet: {rule.Why}.", rule.Name);
            case BodyField.Turns:
                refusal = ReadTurns(name);
                break;
            case BodyField.Tools:
                refusal = ReadTools(name);
                Facts.ToolBytes += reader.BytesConsumed - start;
                break;
            default:
                refusal = Prompt();
                break;
        }
        Facts.PromptBytes += reader.BytesConsumed - start;
        return refusal;
    }

    private RequestRefusal? ReadLimit(string name)
    {
        Facts.MaxTokensValue = Token();
        if (reader.TokenType == JsonTokenType.Null)
            return null;
        if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt32(out var limit) || limit < 1)
            return Refuse($"'{name}' must be an integer from 1 to {int.MaxValue}.", name);
        Facts.MaxTokens = limit;
        return null;
    }

    private RequestRefusal? ReadSettings(string name)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
            return reader.TokenType == JsonTokenType.Null ? null : Refuse($"'{name}' must be an object.", name);
        Facts.SettingsStart = (int)reader.TokenStartIndex + 1;
        var start = reader.BytesConsumed;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isLimit = shape.IsNestedLimit(reader.ValueSpan);
            var isChoices = JsonText.Is(ref reader, "candidateCount"u8) || JsonText.Is(ref reader, "candidate_count"u8);
            var isModalities = JsonText.Is(ref reader, "responseModalities"u8) || JsonText.Is(ref reader, "response_modalities"u8);
            reader.Read();
            if (isLimit)
            {
                if (!Facts.MaxTokensValue.IsEmpty)
                    return Refuse($"The limit in '{name}' appears twice.", name);
                if (ReadLimit($"{name}.maxOutputTokens") is { } refusal)
                    return refusal;
            }
            else if (isChoices && reader.TokenType != JsonTokenType.Null)
            {
                if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt32(out var choices) || choices is < 1 or > 8)
                    return Refuse($"'{name}.candidateCount' must be an integer from 1 to 8.", $"{name}.candidateCount");
                Facts.Choices = choices;
            }
            else if (isModalities && !IsTextOnly())
            {
                return Refuse($"'{name}.responseModalities' is not sold here yet: images and audio have prices of their own.", name);
            }
            else if (Walk() is { } refusal)
            {
                return refusal;
            }
        }
        Facts.HasSettings = true;
        Facts.SettingsAreEmpty =
            Facts.SettingsStart == (int)reader.TokenStartIndex
            || body[Facts.SettingsStart..(int)reader.TokenStartIndex].Trim(" \t\r\n"u8).IsEmpty;
        Facts.PromptBytes += reader.BytesConsumed - start; // a schema is printed into the prompt
        return null;
    }

    private bool IsTextOnly()
    {
        if (reader.TokenType != JsonTokenType.StartArray)
            return false;
        var all = true;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            all &= JsonText.Is(ref reader, "TEXT"u8) || JsonText.Is(ref reader, "text"u8);
        return all;
    }

    private RequestRefusal? ReadServiceClass(BodyRule rule)
    {
        if (reader.TokenType == JsonTokenType.Null)
            return null;
        if (JsonText.Is(ref reader, "flex"u8))
            Facts.Service = ServiceClass.Flex;
        else if (JsonText.Is(ref reader, "priority"u8))
            Facts.Service = ServiceClass.Priority;
        else if (!IsOff(rule))
            return Refuse($"'{rule.Name}' must be one of {string.Join(", ", rule.Words)}.", rule.Name);
        return null;
    }

    private readonly bool IsOff(BodyRule rule)
    {
        var value = reader;
        switch (value.TokenType)
        {
            case JsonTokenType.Null or JsonTokenType.False:
                return true;
            case JsonTokenType.String:
                foreach (var word in rule.Words)
                {
                    if (value.ValueTextEquals(word))
                        return true;
                }
                return value.ValueSpan.IsEmpty;
            case JsonTokenType.StartArray:
                return value.Read() && value.TokenType == JsonTokenType.EndArray;
            default:
                return false;
        }
    }

    private RequestRefusal? ReadMetadata()
    {
        if (reader.TokenType != JsonTokenType.StartObject)
            return Walk();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isRun = JsonText.Is(ref reader, "run_id"u8);
            reader.Read();
            if (isRun && reader.TokenType == JsonTokenType.String)
            {
                if (reader.ValueIsEscaped || !RunId.IsValid(reader.ValueSpan))
                    return Refuse($"'metadata.run_id' must be {RunId.Form}.", "metadata.run_id");
                Facts.RunId = new ByteRange((int)reader.TokenStartIndex + 1, reader.ValueSpan.Length);
            }
            else if (Walk() is { } refusal)
            {
                return refusal;
            }
        }
        return null;
    }

    private RequestRefusal? ReadTurns(string name)
    {
        hasTurns = true;
        if (reader.TokenType == JsonTokenType.String)
        {
            Facts.MessageCount++;
            return null;
        }
        if (reader.TokenType != JsonTokenType.StartArray)
            return Refuse($"'{name}' must be an array.", name);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.StartObject)
                return Refuse("A turn must be an object.", $"{name}[{Facts.MessageCount}]");
            if (Prompt() is { } refusal)
                return refusal with { Param = $"{name}[{Facts.MessageCount}]{refusal.Param}" };
            Facts.MessageCount++;
        }
        return Facts.MessageCount > 0 ? null : Refuse($"'{name}' must not be empty.", name);
    }

    private RequestRefusal? ReadTools(string name)
    {
        if (reader.TokenType == JsonTokenType.Null)
            return null;
        if (reader.TokenType != JsonTokenType.StartArray)
            return Refuse($"'{name}' must be an array.", name);
        for (var tool = 0; reader.Read() && reader.TokenType != JsonTokenType.EndArray; tool++)
        {
            Facts.HasTools = true;
            if (reader.TokenType != JsonTokenType.StartObject)
                return Refuse("A tool must be an object.", $"{name}[{tool}]");
            if (ReadTool($"{name}[{tool}]") is { } refusal)
                return refusal;
        }
        return null;
    }

    private RequestRefusal? ReadTool(string param)
    {
        var start = (int)reader.TokenStartIndex;
        var isLeftOut = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isType = MemberName.Is(ref reader, "type"u8);
            if (!isType && !shape.ToolMemberIsSold(reader.ValueSpan))
                return Refuse($"The tool '{Text(reader.ValueSpan)}' runs at the vendor, for a fee, and is not sold here yet.", param);
            reader.Read();
            if (isType)
            {
                if (reader.TokenType == JsonTokenType.Null)
                    continue;
                if (reader.TokenType != JsonTokenType.String)
                    return Refuse("A tool's type must be a string.", $"{param}.type");
                isLeftOut |= shape.ToolIsLeftOut(reader.ValueSpan);
                if (!isLeftOut && !shape.ToolTypeIsSold(reader.ValueSpan))
                    return Refuse(
                        $"A tool of type '{Text(reader.ValueSpan)}' runs at the vendor, for a fee, and is not sold here yet.",
                        $"{param}.type"
                    );
            }
            else if (Walk() is { } refusal)
            {
                return refusal;
            }
        }
        if (!isLeftOut)
            return null;
        if (!Facts.LeftOutTool.IsEmpty)
            return Refuse("A tool that runs at the vendor appears twice.", $"{param}.type");
        Facts.LeftOutTool = new ByteRange(start, (int)reader.BytesConsumed - start);
        return null;
    }

    /// <summary>A value that becomes prompt: goes to its last token and weighs the media in it.</summary>
    private RequestRefusal? Prompt(ReadOnlySpan<byte> around = default)
    {
        if (reader.TokenType == JsonTokenType.StartArray)
        {
            if (IsTooDeep())
                return TooDeep();
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                if (Prompt(around) is { } refusal)
                    return refusal;
            }
            return null;
        }
        if (reader.TokenType != JsonTokenType.StartObject)
            return null;
        if (IsTooDeep())
            return TooDeep();
        var block = new BlockFacts { Around = around };
        var types = 0;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isType = JsonText.Is(ref reader, "type"u8);
            var isMediaType =
                JsonText.Is(ref reader, "media_type"u8) || JsonText.Is(ref reader, "mimeType"u8) || JsonText.Is(ref reader, "mime_type"u8);
            var isPayload = JsonText.Is(ref reader, "data"u8) || JsonText.Is(ref reader, "file_data"u8);
            var isImageUrl = JsonText.Is(ref reader, "image_url"u8);
            var isUrl = isImageUrl || JsonText.Is(ref reader, "url"u8) || JsonText.Is(ref reader, "file_url"u8);
            var inner =
                JsonText.Is(ref reader, "source"u8) ? block.Type
                : JsonText.Is(ref reader, "inlineData"u8) || JsonText.Is(ref reader, "inline_data"u8) ? "inlineData"u8
                : JsonText.Is(ref reader, "fileData"u8) || JsonText.Is(ref reader, "file_data"u8) ? "fileData"u8
                : default;
            reader.Read();
            var isString = reader.TokenType == JsonTokenType.String;
            if (isType && isString)
                block.Type = ++types == 1 ? reader.ValueSpan : default;
            else if (isMediaType && isString)
                block.MediaType = reader.ValueSpan;
            else if (isPayload && isString)
                block.PayloadBytes = reader.ValueSpan.Length;
            else if (isImageUrl && isString)
                block.PayloadBytes = DataUrlPayload(reader.ValueSpan);
            if (isUrl && isString)
                block.HasUrl = true;
            if (Prompt(inner) is { } refusal)
                return refusal;
        }
        shape.Weigh(block, ref Facts);
        return null;
    }

    private static int DataUrlPayload(ReadOnlySpan<byte> url)
    {
        if (!url.StartsWith("data:"u8))
            return 0;
        var marker = url[..Math.Min(url.Length, 256)].IndexOf(";base64,"u8);
        return marker < 0 ? 0 : url.Length - marker - ";base64,"u8.Length;
    }

    /// <summary>Goes to the last token of the value at the reader.</summary>
    private RequestRefusal? Walk()
    {
        if (reader.TokenType is not (JsonTokenType.StartObject or JsonTokenType.StartArray))
            return null;
        var depth = reader.CurrentDepth;
        do
        {
            reader.Read();
            if (IsTooDeep())
                return TooDeep();
        } while (reader.CurrentDepth > depth);
        return null;
    }

    private readonly bool IsTooDeep() =>
        reader.CurrentDepth >= DepthMax && (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray);

    private static RequestRefusal TooDeep() => Refuse($"The body is nested deeper than {DepthMax}.");

    private readonly ByteRange Token() => new((int)reader.TokenStartIndex, (int)(reader.BytesConsumed - reader.TokenStartIndex));

    private static RequestRefusal Refuse(string message, string? param = null) => new(message, param);

    private static string Text(ReadOnlySpan<byte> utf8) => Encoding.UTF8.GetString(utf8[..Math.Min(utf8.Length, MemberName.BytesMax)]);
}
