using System.Buffers.Text;
using System.Runtime.InteropServices;
using System.Text;

namespace Tokenline.Simulators.Vendors;

/// <summary>An embedding of length one that says nothing: the same text gets the same vector.</summary>
internal static class SampleVector
{
    public static float[] For(string text, int dimensions)
    {
        var vector = new float[dimensions];
        var state = AnswerRequest.HashOf(Encoding.UTF8.GetBytes(text)) | 1;
        var squares = 0.0;
        for (var i = 0; i < dimensions; i++)
        {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            vector[i] = (state >> 40) / (float)(1 << 23) - 1;
            squares += vector[i] * (double)vector[i];
        }
        var scale = (float)(1 / Math.Sqrt(Math.Max(squares, double.Epsilon)));
        for (var i = 0; i < dimensions; i++)
            vector[i] *= scale;
        return vector;
    }

    /// <summary>As a JSON list of numbers.</summary>
    public static void Add(PooledBuffer json, string text, int dimensions)
    {
        json.Add("["u8);
        var first = true;
        foreach (var value in For(text, dimensions))
        {
            if (!first)
                json.Add(","u8);
            first = false;
            Utf8Formatter.TryFormat(value, json.GetSpan(32), out var written, 'G');
            json.Advance(written);
        }
        json.Add("]"u8);
    }

    /// <summary>As a JSON string: base64 of little-endian floats.</summary>
    public static void AddBase64(PooledBuffer json, string text, int dimensions)
    {
        var bytes = MemoryMarshal.AsBytes(For(text, dimensions).AsSpan());
        json.Add("\""u8);
        Base64.EncodeToUtf8(bytes, json.GetSpan(Base64.GetMaxEncodedToUtf8Length(bytes.Length)), out _, out var written);
        json.Advance(written);
        json.Add("\""u8);
    }
}
