using System.Buffers;

namespace Tokenline.Gateway.Protocols.Translation.Answers;

/// <summary>Follows the pieces of a JSON object and knows when its last brace has come, without parsing it.</summary>
internal struct ArgumentsScan
{
    private static readonly SearchValues<byte> outside = SearchValues.Create("{}[]\""u8);

    private int depth;
    private bool isInText;
    private bool isEscaped;

    public bool IsComplete { get; private set; }

    public void Add(ReadOnlySpan<byte> json)
    {
        while (!json.IsEmpty)
        {
            if (isEscaped)
            {
                isEscaped = false;
                json = json[1..];
                continue;
            }
            var next = isInText ? json.IndexOfAny((byte)'"', (byte)'\\') : json.IndexOfAny(outside);
            if (next < 0)
                return;
            Take(json[next]);
            json = json[(next + 1)..];
        }
    }

    private void Take(byte code)
    {
        switch (code)
        {
            case (byte)'"':
                isInText = !isInText;
                break;
            case (byte)'\\':
                isEscaped = true;
                break;
            case (byte)'{' or (byte)'[':
                depth++;
                break;
            default:
                depth--;
                IsComplete = depth <= 0;
                break;
        }
    }
}
