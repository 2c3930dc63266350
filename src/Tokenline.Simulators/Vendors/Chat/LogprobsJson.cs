using System.Text;
using System.Text.Json;

namespace Tokenline.Simulators.Vendors.Chat;

/// <summary>Log probabilities that look like some: the simulator is always sure of itself.</summary>
internal static class LogprobsJson
{
    public static void AddPiece(PooledBuffer to, ReadOnlySpan<byte> piece, int topCount)
    {
        AddToken(to, piece, "-0.01"u8);
        to.Add(",\"top_logprobs\":["u8);
        for (var i = 0; i < topCount; i++)
        {
            if (i > 0)
                to.Add(","u8);
            AddToken(to, i == 0 ? piece : FillerText.Piece(0, 0, i), i == 0 ? "-0.01"u8 : "-9.5"u8);
            to.Add("}"u8);
        }
        to.Add("]}"u8);
    }

    private static void AddToken(PooledBuffer to, ReadOnlySpan<byte> piece, ReadOnlySpan<byte> logprob)
    {
        to.Add("{\"token\":\""u8).Add(piece).Add("\",\"logprob\":"u8).Add(logprob).Add(",\"bytes\":["u8);
        var first = true;
        foreach (var b in Unescape(piece))
        {
            if (!first)
                to.Add(","u8);
            to.Add(b);
            first = false;
        }
        to.Add("]"u8);
    }

    private static byte[] Unescape(ReadOnlySpan<byte> piece)
    {
        var reader = new Utf8JsonReader([(byte)'"', .. piece, (byte)'"']);
        reader.Read();
        return Encoding.UTF8.GetBytes(reader.GetString()!);
    }
}
