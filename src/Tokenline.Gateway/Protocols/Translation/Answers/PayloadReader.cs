using System.Text.Json;
using Tokenline.Gateway.Protocols.OpenAI;

namespace Tokenline.Gateway.Protocols.Translation.Answers;

/// <summary>Goes through a payload once, member by member, and gives strings and values as ranges of it. Ranges of strings leave out the quotes.</summary>
internal ref struct PayloadReader(ReadOnlySpan<byte> payload, int start = 0)
{
    private static readonly JsonReaderOptions options = new() { MaxDepth = 256 };

    // The offset of a part that is read by itself, so that its ranges are of the whole payload too.
    private readonly int start = start;
    private Utf8JsonReader reader = new(payload, options);

    /// <summary>A reader of one value inside the payload.</summary>
    public static PayloadReader Of(ReadOnlySpan<byte> payload, ByteRange value) => new(value.Of(payload), value.Start);

    public readonly JsonTokenType Token => reader.TokenType;

    /// <summary>Goes to the next token, such as the value of a member.</summary>
    public bool Next() => reader.Read();

    /// <summary>Goes to the next member of the object that was entered; false at its end.</summary>
    public bool NextMember() => reader.Read() && reader.TokenType == JsonTokenType.PropertyName;

    /// <summary>Goes to the next element of the array that was entered; false at its end.</summary>
    public bool NextElement() => reader.Read() && reader.TokenType != JsonTokenType.EndArray;

    /// <summary>Enters the value if it is an object; skips it otherwise.</summary>
    public bool EnterObject() => Enter(JsonTokenType.StartObject);

    public bool EnterArray() => Enter(JsonTokenType.StartArray);

    public readonly bool Is(ReadOnlySpan<byte> name) => reader.ValueSpan.SequenceEqual(name);

    public void SkipValue()
    {
        reader.Read();
        reader.Skip();
    }

    /// <summary>The member's value if it is a string; empty otherwise.</summary>
    public ByteRange String()
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.String)
            return new ByteRange(start + (int)reader.TokenStartIndex + 1, reader.ValueSpan.Length);
        reader.Skip();
        return default;
    }

    /// <summary>The member's value if it is not null, quotes included; empty otherwise.</summary>
    public ByteRange Value()
    {
        reader.Read();
        return Here();
    }

    /// <summary>The value at the reader, which is left at its end.</summary>
    public ByteRange Here()
    {
        if (reader.TokenType == JsonTokenType.Null)
            return default;
        var from = (int)reader.TokenStartIndex;
        reader.Skip();
        return new ByteRange(start + from, (int)reader.BytesConsumed - from);
    }

    public int Number(int otherwise)
    {
        reader.Read();
        var number = otherwise;
        if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt32(out number))
            number = otherwise;
        reader.Skip();
        return number;
    }

    private bool Enter(JsonTokenType type)
    {
        reader.Read();
        if (reader.TokenType == type)
            return true;
        reader.Skip();
        return false;
    }
}
