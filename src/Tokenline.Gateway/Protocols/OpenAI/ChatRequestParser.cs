using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Tokenline.Charging.Tariffs;

namespace Tokenline.Gateway.Protocols.OpenAI;

/// <summary>One pass over a chat-completions body. Every read method returns the refusal, or null to go on.</summary>
internal ref struct ChatRequestParser(ReadOnlySpan<byte> body)
{
    private const int MembersMax = 256;
    private const int DepthMax = 128;
    private const int ChoicesMax = 128;
    private const int DataUrlHeadMax = 256; // "data:image/png;base64," and its parameters

    // The reader's own limit lies above ours, so that too deep a body meets our refusal and not an exception.
    private static readonly JsonReaderOptions options = new() { MaxDepth = DepthMax * 2 };

    private readonly ReadOnlySpan<byte> body = body;
    private Utf8JsonReader reader = new(body, options);
    private bool hasMessages;

    public RequestFacts Facts = new() { Choices = 1 };

    /// <summary>Reads a contiguous body in one pass. False: the refusal says why and the facts are not to be used.</summary>
    public static bool TryRead(ReadOnlySpan<byte> body, out RequestFacts request, [NotNullWhen(false)] out RequestRefusal? refusal)
    {
        var parser = new ChatRequestParser(body);
        refusal = parser.Run();
        request = parser.Facts;
        return refusal is null;
    }

    public RequestRefusal? Run()
    {
        if (body.StartsWith("\uFEFF"u8))
            return Refuse("The body starts with a byte order mark; send UTF-8 without one.");
        if (!Utf8.IsValid(body)) // the reader leaves the inside of strings unchecked
            return Refuse($"The body is not valid UTF-8 at byte {FirstInvalidByte(body)}.");
        try
        {
            return ReadRoot();
        }
        catch (JsonException e)
        {
            return Refuse($"The body is not valid JSON at byte {OffsetOf(e)}.");
        }
    }

    private RequestRefusal? ReadRoot()
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
            return Refuse("The body must be a JSON object.");
        Span<uint> hashes = stackalloc uint[MembersMax];
        Span<int> starts = stackalloc int[MembersMax];
        Span<byte> folded = stackalloc byte[MemberName.BytesMax];
        var members = 0;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var length = MemberName.Fold(reader.ValueSpan, reader.ValueIsEscaped, folded, out var exact);
            if (length < 0)
                return Refuse($"The name of a member is longer than {MemberName.BytesMax} bytes.");
            var name = folded[..length];
            if (members == MembersMax)
                return Refuse($"The body has more than {MembersMax} top-level members.");
            var hash = Hash(name);
            if (hashes[..members].Contains(hash) && IsRepeated(name, hash, hashes[..members], starts))
                return Refuse($"The member '{Text(name)}' appears twice.", Text(name));
            hashes[members] = hash;
            starts[members++] = (int)reader.TokenStartIndex;

            var field = TopLevelFields.Find(name, out var priced);
            if (field != TopLevelField.Unknown && !exact)
                return Refuse(
                    $"Write '{Text(name)}' in lower case: some vendors would read this spelling and others would not.",
                    Text(name)
                );
            reader.Read();
            if (ReadMember(field, priced) is { } refusal)
                return refusal;
        }
        Facts.ClosingBrace = (int)reader.TokenStartIndex;
        reader.Read(); // anything but white space after the object throws
        if (Facts.ModelToken.IsEmpty)
            return Refuse("You must provide a model.", "model");
        return hasMessages ? null : Refuse("You must provide messages.", "messages");
    }

    private RequestRefusal? ReadMember(TopLevelField field, PriceChangingField? priced)
    {
        var start = (int)reader.TokenStartIndex;
        RequestRefusal? refusal;
        switch (field)
        {
            case TopLevelField.Model:
                return ReadModel();
            case TopLevelField.Stream:
                Facts.Stream = reader.TokenType == JsonTokenType.True;
                return IsBoolOrNull() ? null : Refuse("'stream' must be true or false.", "stream");
            case TopLevelField.StreamOptions:
                return ReadStreamOptions();
            case TopLevelField.MaxTokens:
                Facts.MaxTokensValue = Token();
                refusal = ReadCount("max_tokens", int.MaxValue, out var maxTokens);
                Facts.MaxTokens = maxTokens;
                return refusal;
            case TopLevelField.MaxCompletionTokens:
                Facts.MaxCompletionTokensValue = Token();
                refusal = ReadCount("max_completion_tokens", int.MaxValue, out var maxCompletionTokens);
                Facts.MaxCompletionTokens = maxCompletionTokens;
                return refusal;
            case TopLevelField.Choices:
                refusal = ReadCount("n", ChoicesMax, out var n);
                Facts.Choices = n ?? 1;
                return refusal;
            case TopLevelField.NotPrompt:
                return Walk();
            case TopLevelField.ReasoningEffort:
                Facts.HasReasoningEffort = reader.TokenType != JsonTokenType.Null;
                return Walk();
            case TopLevelField.Metadata:
                return ReadMetadata();
            case TopLevelField.Messages:
                refusal = ReadMessages();
                break;
            case TopLevelField.Tools:
                refusal = ReadTools();
                Facts.ToolBytes += reader.BytesConsumed - start;
                break;
            case TopLevelField.Functions:
                Facts.HasTools |= reader.TokenType == JsonTokenType.StartArray;
                refusal = Walk();
                Facts.ToolBytes += reader.BytesConsumed - start;
                break;
            case TopLevelField.ExtraBody:
                refusal = ReadExtraBody();
                break;
            case TopLevelField.Priced when priced!.Action == PricedFieldAction.CountAsOutput:
                refusal = Walk();
                Facts.PredictionBytes += reader.BytesConsumed - start;
                return refusal;
            case TopLevelField.Priced when priced!.Action == PricedFieldAction.ServiceClass:
                return ReadServiceTier(priced);
            case TopLevelField.Priced:
                return priced!.Allows(reader) ? Walk() : NotSold(priced.Name);
            default:
                refusal = Walk();
                break;
        }
        Facts.PromptBytes += reader.BytesConsumed - start;
        return refusal;
    }

    private RequestRefusal? ReadModel()
    {
        if (reader.TokenType != JsonTokenType.String)
            return Refuse("'model' must be a string.", "model");
        Span<byte> folded = stackalloc byte[MemberName.BytesMax];
        var length = MemberName.Fold(reader.ValueSpan, reader.ValueIsEscaped, folded, out _);
        if (length <= 0)
            return Refuse($"'model' must be a string of 1 to {MemberName.BytesMax} bytes.", "model");
        Facts.ModelToken = Token();
        Facts.ModelIsEscaped = reader.ValueIsEscaped;
        return null;
    }

    /// <summary>Whether the model is sold with that class is for its tariff to say.</summary>
    private RequestRefusal? ReadServiceTier(PriceChangingField field)
    {
        if (JsonText.Is(ref reader, "flex"u8))
            Facts.Service = ServiceClass.Flex;
        else if (JsonText.Is(ref reader, "priority"u8))
            Facts.Service = ServiceClass.Priority;
        else if (!field.Allows(reader))
            return Refuse($"'{field.Name}' must be one of auto, default, flex and priority.", field.Name);
        return null;
    }

    /// <summary>The client's own notes, of which one is ours to read: the run that the call belongs to.</summary>
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

    private RequestRefusal? ReadStreamOptions()
    {
        const string param = "stream_options.include_usage";
        var start = (int)reader.TokenStartIndex;
        if (reader.TokenType == JsonTokenType.Null)
        {
            Facts.StreamOptions = StreamOptionsForm.Null;
            Facts.StreamOptionsValue = Token();
            return null;
        }
        if (reader.TokenType != JsonTokenType.StartObject)
            return Refuse("'stream_options' must be an object.", "stream_options");
        Facts.StreamOptions = StreamOptionsForm.EmptyObject;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            Facts.StreamOptions = StreamOptionsForm.Object;
            var asksUsage = MemberName.Is(ref reader, "include_usage"u8);
            if (asksUsage && !(JsonText.Is(ref reader, "include_usage"u8) && Facts.IncludeUsageValue.IsEmpty))
                return Refuse($"The member '{param}' appears twice or is not in lower case.", param);
            reader.Read();
            if (asksUsage)
            {
                if (!IsBoolOrNull())
                    return Refuse($"'{param}' must be true or false.", param);
                Facts.IncludeUsage = reader.TokenType == JsonTokenType.True;
                Facts.IncludeUsageValue = Token();
            }
            else if (Walk() is { } refusal)
            {
                return refusal;
            }
        }
        Facts.StreamOptionsValue = new ByteRange(start, (int)reader.BytesConsumed - start);
        return null;
    }

    private RequestRefusal? ReadCount(string param, int max, out int? count)
    {
        count = null;
        if (reader.TokenType == JsonTokenType.Null)
            return null;
        if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt32(out var value) || value < 1 || value > max)
            return Refuse(string.Create(CultureInfo.InvariantCulture, $"'{param}' must be an integer from 1 to {max}."), param);
        count = value;
        return null;
    }

    private RequestRefusal? ReadMessages()
    {
        if (reader.TokenType != JsonTokenType.StartArray)
            return Refuse("'messages' must be an array.", "messages");
        hasMessages = true;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.StartObject)
                return Refuse("A message must be an object.", $"messages[{Facts.MessageCount}]");
            if (ReadMessage(Facts.MessageCount++) is { } refusal)
                return refusal;
        }
        return Facts.MessageCount > 0 ? null : Refuse("'messages' must not be empty.", "messages");
    }

    private RequestRefusal? ReadMessage(int message)
    {
        var hasRole = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (MemberName.Is(ref reader, "role"u8))
            {
                reader.Read();
                if (reader.TokenType != JsonTokenType.String)
                    return Refuse("A message's role must be a string.", $"messages[{message}].role");
                hasRole = true;
                continue;
            }
            var isContent = MemberName.Is(ref reader, "content"u8);
            reader.Read();
            var isParts = isContent && reader.TokenType == JsonTokenType.StartArray;
            if (isContent && !isParts && reader.TokenType is not (JsonTokenType.String or JsonTokenType.Null))
                return Refuse("A message's content must be a string, an array of parts or null.", $"messages[{message}].content");
            if ((isParts ? ReadParts(message) : Walk()) is { } refusal)
                return refusal;
        }
        return hasRole ? null : Refuse("A message must have a role.", $"messages[{message}].role");
    }

    private RequestRefusal? ReadParts(int message)
    {
        for (var part = 0; reader.Read() && reader.TokenType != JsonTokenType.EndArray; part++)
        {
            if (reader.TokenType != JsonTokenType.StartObject)
                return Refuse("A content part must be an object.", $"messages[{message}].content[{part}]");
            if (ReadPart(message, part) is { } refusal)
                return refusal;
        }
        return null;
    }

    private RequestRefusal? ReadPart(int message, int part)
    {
        bool hasType = false,
            isImage = false,
            isAudio = false,
            isFile = false;
        long imagePayload = 0,
            audioPayload = 0,
            filePayload = 0;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            RequestRefusal? refusal;
            if (MemberName.Is(ref reader, "type"u8))
            {
                reader.Read();
                hasType = true;
                var param =
                    reader.TokenType == JsonTokenType.String && PriceChangingFields.PartTypeIsSold(ref reader)
                        ? null
                        : $"messages[{message}].content[{part}].type";
                if (reader.TokenType != JsonTokenType.String)
                    return Refuse("A content part's type must be a string.", param);
                if (param is not null)
                    return Refuse($"The content part '{Text(reader.ValueSpan)}' {PriceChangingFields.Reason}.", param);
                isAudio |= JsonText.Is(ref reader, "input_audio"u8);
                isFile |= JsonText.Is(ref reader, "file"u8);
                isImage |=
                    JsonText.Is(ref reader, "image_url"u8)
                    || JsonText.Is(ref reader, "image"u8)
                    || JsonText.Is(ref reader, "input_image"u8);
                continue;
            }
            if (MemberName.Is(ref reader, "image_url"u8))
                refusal = ReadPayload("url"u8, isUrl: true, out imagePayload);
            else if (MemberName.Is(ref reader, "input_audio"u8))
                refusal = ReadPayload("data"u8, isUrl: false, out audioPayload);
            else if (MemberName.Is(ref reader, "file"u8))
                refusal = ReadPayload("file_data"u8, isUrl: true, out filePayload);
            else
                refusal = reader.Read() ? Walk() : null;
            if (refusal is not null)
                return refusal;
        }
        if (!hasType)
            return Refuse("A content part must have a type.", $"messages[{message}].content[{part}].type");
        // Discounted only in a part that is an image or audio by its type: the same bytes in any other part would be charged as text.
        if (isImage)
        {
            Facts.ImageCount++;
            Facts.PromptBytes -= imagePayload;
        }
        if (isFile)
        {
            Facts.HasUnmeasuredInput = true;
            Facts.PromptBytes -= filePayload;
        }
        if (isAudio)
        {
            Facts.AudioPayloadBytes += audioPayload;
            Facts.PromptBytes -= audioPayload;
        }
        return null;
    }

    /// <summary>Reads <c>image_url</c> (a string, or an object with <c>url</c>) or <c>input_audio</c> (an object with <c>data</c>) for the size of its base64.</summary>
    private RequestRefusal? ReadPayload(ReadOnlySpan<byte> member, bool isUrl, out long payload)
    {
        payload = 0;
        reader.Read();
        if (reader.TokenType == JsonTokenType.String && isUrl)
            payload = DataUrlPayload(reader.ValueSpan);
        if (reader.TokenType != JsonTokenType.StartObject)
            return Walk();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isPayload = JsonText.Is(ref reader, member);
            reader.Read();
            if (isPayload && reader.TokenType == JsonTokenType.String)
                payload = isUrl ? DataUrlPayload(reader.ValueSpan) : reader.ValueSpan.Length;
            else if (Walk() is { } refusal)
                return refusal;
        }
        return null;
    }

    private static long DataUrlPayload(ReadOnlySpan<byte> url)
    {
        if (!url.StartsWith("data:"u8))
            return 0;
        var marker = url[..Math.Min(url.Length, DataUrlHeadMax)].IndexOf(";base64,"u8);
        return marker < 0 ? 0 : url.Length - marker - ";base64,"u8.Length;
    }

    private RequestRefusal? ReadTools()
    {
        if (reader.TokenType == JsonTokenType.Null)
            return null;
        if (reader.TokenType != JsonTokenType.StartArray)
            return Refuse("'tools' must be an array.", "tools");
        for (var tool = 0; reader.Read() && reader.TokenType != JsonTokenType.EndArray; tool++)
        {
            Facts.HasTools = true;
            if (reader.TokenType != JsonTokenType.StartObject)
                return Refuse("A tool must be an object.", $"tools[{tool}]");
            if (ReadTool(tool) is { } refusal)
                return refusal;
        }
        return null;
    }

    private RequestRefusal? ReadTool(int tool)
    {
        var isSold = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isType = MemberName.Is(ref reader, "type"u8);
            isSold |= isType || MemberName.Is(ref reader, "function"u8); // a function without a type occurs, and is one
            reader.Read();
            if (isType && reader.TokenType != JsonTokenType.String)
                return Refuse("A tool's type must be a string.", $"tools[{tool}].type");
            if (isType && !PriceChangingFields.ToolTypeIsSold(ref reader))
                return Refuse($"A tool of type '{Text(reader.ValueSpan)}' {PriceChangingFields.Reason}.", $"tools[{tool}].type");
            if (Walk() is { } refusal)
                return refusal;
        }
        return isSold ? null : Refuse($"A tool that is not a function {PriceChangingFields.Reason}.", $"tools[{tool}].type");
    }

    /// <summary>Vendors read their own options in <c>extra_body</c>; a field that changes the price is found at any depth of it.</summary>
    private RequestRefusal? ReadExtraBody()
    {
        if (reader.TokenType is not (JsonTokenType.StartObject or JsonTokenType.StartArray))
            return null;
        Span<byte> folded = stackalloc byte[MemberName.BytesMax];
        var depth = reader.CurrentDepth;
        do
        {
            reader.Read();
            if (IsTooDeep())
                return TooDeep();
            if (reader.TokenType != JsonTokenType.PropertyName)
                continue;
            var length = MemberName.Fold(reader.ValueSpan, reader.ValueIsEscaped, folded, out _);
            if (length < 0 || TopLevelFields.Find(folded[..length], out var priced) != TopLevelField.Priced)
                continue;
            var value = reader; // a copy: the loop goes on with the value itself
            value.Read();
            if (!priced!.Allows(value))
                return NotSold($"extra_body.{priced.Name}");
        } while (reader.CurrentDepth > depth);
        return null;
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

    // CurrentDepth at an opening bracket counts the brackets around it.
    private readonly bool IsTooDeep() =>
        reader.CurrentDepth >= DepthMax && (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray);

    private static RequestRefusal TooDeep() => Refuse($"The body is nested deeper than {DepthMax}.");

    private readonly bool IsBoolOrNull() => reader.TokenType is JsonTokenType.True or JsonTokenType.False or JsonTokenType.Null;

    private readonly ByteRange Token() => new((int)reader.TokenStartIndex, (int)(reader.BytesConsumed - reader.TokenStartIndex));

    /// <summary>Whether a member of the same folded name came before; the hash only spares the comparison.</summary>
    private readonly bool IsRepeated(ReadOnlySpan<byte> name, uint hash, ReadOnlySpan<uint> hashes, ReadOnlySpan<int> starts)
    {
        Span<byte> other = stackalloc byte[MemberName.BytesMax];
        for (var i = 0; i < hashes.Length; i++)
        {
            if (hashes[i] != hash)
                continue;
            var earlier = new Utf8JsonReader(body[starts[i]..], isFinalBlock: false, default);
            earlier.Read(); // a name alone reads as a string
            var length = MemberName.Fold(earlier.ValueSpan, earlier.ValueIsEscaped, other, out _);
            if (other[..length].SequenceEqual(name))
                return true;
        }
        return false;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Hash(ReadOnlySpan<byte> name)
    {
        // The ends and the length tell the names in use apart; a collision costs one comparison.
        var hash = (uint)name.Length;
        if (name.Length >= sizeof(uint))
        {
            hash = (hash * 31) + BinaryPrimitives.ReadUInt32LittleEndian(name);
            hash = (hash * 31) + BinaryPrimitives.ReadUInt32LittleEndian(name[^sizeof(uint)..]);
            return hash;
        }
        foreach (var b in name)
            hash = (hash * 31) + b;
        return hash;
    }

    private static RequestRefusal NotSold(string field) => Refuse($"'{field}' {PriceChangingFields.Reason}.", field);

    private static RequestRefusal Refuse(string message, string? param = null) => new(message, param);

    private static string Text(ReadOnlySpan<byte> utf8) => Encoding.UTF8.GetString(utf8[..Math.Min(utf8.Length, MemberName.BytesMax)]);

    private readonly long OffsetOf(JsonException e)
    {
        var offset = 0;
        for (var line = e.LineNumber ?? 0; line > 0; line--)
            offset += body[offset..].IndexOf((byte)'\n') + 1;
        return offset + (e.BytePositionInLine ?? 0);
    }

    private static int FirstInvalidByte(ReadOnlySpan<byte> utf8)
    {
        var offset = 0;
        while (Rune.DecodeFromUtf8(utf8[offset..], out _, out var consumed) == OperationStatus.Done)
            offset += consumed;
        return offset;
    }
}
