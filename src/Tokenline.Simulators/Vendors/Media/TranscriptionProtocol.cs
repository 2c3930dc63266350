using System.Buffers.Binary;
using System.Globalization;
using Microsoft.AspNetCore.Http;
using Tokenline.Simulators.Vendors.Chat;

namespace Tokenline.Simulators.Vendors.Media;

/// <summary>Transcription: always the same words; how long the audio is comes from a WAV's head, or from the bytes at 128 kbit/s.</summary>
internal sealed class TranscriptionProtocol : MediaProtocol
{
    private const int BytesPerSecond = 16_000;
    private const int AudioTokensPerSecond = 10;

    public override Answer Read(ReadOnlySpan<byte> body, HttpContext context, Behaviour behaviour)
    {
        var form = MultipartForm.Read(body, context.Request.ContentType);
        var model = OpenAiError.DeploymentOf(context) ?? form["model"] ?? throw OpenAiJson.Missing("model");
        if (form.File is not { } file)
            throw OpenAiJson.Missing("file");
        var format = form["response_format"] ?? "json";
        if (format is not ("json" or "text" or "srt" or "verbose_json" or "vtt"))
            throw Invalid($"Invalid value: '{format}'.", "response_format");
        var seconds = SecondsOf(body[file]);
        if (seconds <= 0)
            throw new RefusedException(new Refusal("The audio file could not be decoded or its format is not supported.", "file"));
        var text = $"This is the Tokenline vendor simulator answering as {model}; no audio was heard.";
        behaviour = Directed(form["prompt"] ?? "", behaviour);
        return format switch
        {
            "json" or "verbose_json" => new ReadyAnswer(
                behaviour,
                json => Compose(json, text, seconds, model, form["prompt"] ?? "", format == "verbose_json", behaviour)
            ),
            _ => new ReadyAnswer(
                behaviour,
                to => to.Add(System.Text.Encoding.UTF8.GetBytes(Plain(text, seconds, format))),
                "text/plain; charset=utf-8"
            ),
        };
    }

    private static double SecondsOf(ReadOnlySpan<byte> audio)
    {
        if (
            audio.Length < 44
            || !audio.StartsWith("RIFF"u8)
            || BinaryPrimitives.ReadInt32LittleEndian(audio[28..]) is not (> 0 and var rate)
        )
            return audio.Length / (double)BytesPerSecond;
        var data = audio.IndexOf("data"u8);
        return data < 0 || data + 8 > audio.Length ? 0 : (audio.Length - data - 8) / (double)rate;
    }

    private static string Plain(string text, double seconds, string format)
    {
        if (format == "text")
            return text + "\n";
        var end = TimeSpan.FromSeconds(seconds).ToString("hh':'mm':'ss'.'fff", CultureInfo.InvariantCulture);
        return format == "vtt"
            ? $"WEBVTT\n\n00:00:00.000 --> {end}\n{text}\n\n"
            : $"1\n00:00:00,000 --> {end.Replace('.', ',')}\n{text}\n\n";
    }

    private static void Compose(
        PooledBuffer json,
        string text,
        double seconds,
        string model,
        string prompt,
        bool verbose,
        Behaviour behaviour
    )
    {
        json.Add("{\"text\":\""u8).AddEscaped(text).Add("\""u8);
        if (verbose)
        {
            var duration = seconds.ToString("0.0##", CultureInfo.InvariantCulture);
            json.Add(",\"task\":\"transcribe\",\"language\":\"english\",\"duration\":"u8).AddEscaped(duration);
            json.Add(",\"segments\":[{\"id\":0,\"seek\":0,\"start\":0.0,\"end\":"u8).AddEscaped(duration);
            json.Add(",\"text\":\""u8).AddEscaped(text).Add("\",\"tokens\":[],\"temperature\":0.0,\"avg_logprob\":-0.01,"u8);
            json.Add("\"compression_ratio\":1.0,\"no_speech_prob\":0.0}]"u8);
        }
        if (BeginsUsage(json, behaviour))
            AddUsage(json, text, seconds, model, prompt, behaviour);
        json.Add("}"u8);
    }

    /// <summary>By the second, rounded up; by tokens for the models that are charged so.</summary>
    private static void AddUsage(PooledBuffer json, string text, double seconds, string model, string prompt, Behaviour behaviour)
    {
        if (!model.Contains("transcribe", StringComparison.Ordinal))
        {
            json.Add("{\"type\":\"duration\",\"seconds\":"u8).Add(Said((long)Math.Ceiling(seconds), behaviour)).Add("}"u8);
            return;
        }
        var zero = behaviour.Has(Fault.ZeroUsage);
        var audio = zero ? 0 : (long)Math.Ceiling(seconds * AudioTokensPerSecond);
        var words = zero ? 0 : TokensOf(prompt);
        var output = Said(TokensOf(text), behaviour);
        json.Add("{\"type\":\"tokens\",\"input_tokens\":"u8).Add(audio + words);
        json.Add(",\"input_token_details\":{\"text_tokens\":"u8).Add(words).Add(",\"audio_tokens\":"u8).Add(audio);
        json.Add("},\"output_tokens\":"u8).Add(output).Add(",\"total_tokens\":"u8).Add(audio + words + output).Add("}"u8);
    }
}
