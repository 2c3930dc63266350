using System.Buffers.Binary;
using Microsoft.AspNetCore.Http;
using Tokenline.Simulators.Vendors.Chat;

namespace Tokenline.Simulators.Vendors.Media;

/// <summary>Speech: a tenth of a second of a low hum, as WAV whatever was asked for, and called so.</summary>
internal sealed class SpeechProtocol : MediaProtocol
{
    private const int CharactersMax = 4096;
    private const int SamplesPerSecond = 8000;

    private static readonly byte[] wave = Hum();

    public override Answer Read(ReadOnlySpan<byte> body, HttpContext context, Behaviour behaviour)
    {
        var json = Parse(body);
        ModelOf(json, context);
        var input = OpenAiJson.Required(json, "", "input");
        if (input.Length is 0 or > CharactersMax)
            throw Invalid($"'input' must have 1 to {CharactersMax} characters.", "input");
        if (OpenAiJson.Member(json, "voice") is null)
            throw OpenAiJson.Missing("voice");
        return new ReadyAnswer(Directed(input, behaviour), to => to.Add(wave), "audio/wav");
    }

    private static byte[] Hum()
    {
        const int header = 44;
        var samples = SamplesPerSecond / 10;
        var bytes = new byte[header + samples * 2];
        var at = bytes.AsSpan();
        "RIFF"u8.CopyTo(at);
        BinaryPrimitives.WriteInt32LittleEndian(at[4..], bytes.Length - 8);
        "WAVEfmt "u8.CopyTo(at[8..]);
        BinaryPrimitives.WriteInt32LittleEndian(at[16..], 16); // of the format
        BinaryPrimitives.WriteInt16LittleEndian(at[20..], 1); // PCM
        BinaryPrimitives.WriteInt16LittleEndian(at[22..], 1); // channel
        BinaryPrimitives.WriteInt32LittleEndian(at[24..], SamplesPerSecond);
        BinaryPrimitives.WriteInt32LittleEndian(at[28..], SamplesPerSecond * 2); // bytes a second
        BinaryPrimitives.WriteInt16LittleEndian(at[32..], 2); // bytes a sample
        BinaryPrimitives.WriteInt16LittleEndian(at[34..], 16); // bits a sample
        "data"u8.CopyTo(at[36..]);
        BinaryPrimitives.WriteInt32LittleEndian(at[40..], samples * 2);
        for (var i = 0; i < samples; i++)
            BinaryPrimitives.WriteInt16LittleEndian(
                at[(header + i * 2)..],
                (short)(500 * Math.Sin(2 * Math.PI * 110 * i / SamplesPerSecond))
            );
        return bytes;
    }
}
