namespace Tokenline.Gateway.Protocols.Translation.Answers;

/// <summary>JSON as somebody else wrote it, on one line: a line's end would be the end of the event's data. Inside of strings JSON has none.</summary>
internal static class SingleLine
{
    public static void Write(ref JsonPen pen, ReadOnlySpan<byte> json)
    {
        while (true)
        {
            var end = json.IndexOfAny((byte)'\n', (byte)'\r');
            if (end < 0)
            {
                pen.Raw(json);
                return;
            }
            pen.Raw(json[..end]);
            pen.Raw(" "u8);
            json = json[(end + 1)..];
        }
    }
}
