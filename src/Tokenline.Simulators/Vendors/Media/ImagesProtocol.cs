using Microsoft.AspNetCore.Http;
using Tokenline.Simulators.Vendors.Chat;

namespace Tokenline.Simulators.Vendors.Media;

/// <summary>Image generation as gpt-image has it: one grey pixel, charged as if it were the size that was asked for.</summary>
internal sealed class ImagesProtocol : MediaProtocol
{
    private const int ImagesMax = 10;

    private const string Pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg==";

    public override Answer Read(ReadOnlySpan<byte> body, HttpContext context, Behaviour behaviour)
    {
        var json = Parse(body);
        ModelOf(json, context);
        var prompt = OpenAiJson.Required(json, "", "prompt");
        var count = OpenAiJson.Member(json, "n")?.GetInt32() ?? 1;
        if (count is < 1 or > ImagesMax)
            throw Invalid($"'n' must be between 1 and {ImagesMax}.", "n");
        var size = OpenAiJson.Text(json, "size") is { } asked and not "auto" ? asked : "1024x1024";
        var quality = OpenAiJson.Text(json, "quality") switch
        {
            null or "auto" or "hd" or "high" => "high",
            "standard" or "medium" => "medium",
            "low" => "low",
            var other => throw Invalid($"Invalid value: '{other}'. Supported values are: 'low', 'medium', 'high', and 'auto'.", "quality"),
        };
        var output = TokensOf(size, quality) * count;
        var input = TokensOf(prompt);
        behaviour = Directed(prompt, behaviour);
        return new MadeImages(behaviour, count, size, quality, input, output);
    }

    /// <summary>The vendor's published table, for one image.</summary>
    private static long TokensOf(string size, string quality) =>
        (size, quality) switch
        {
            ("1024x1024", "low") => 272,
            ("1024x1024", "medium") => 1056,
            ("1024x1024", _) => 4160,
            ("1024x1536", "low") => 408,
            ("1024x1536", "medium") => 1584,
            ("1024x1536", _) => 6240,
            ("1536x1024", "low") => 400,
            ("1536x1024", "medium") => 1568,
            ("1536x1024", _) => 6208,
            _ => throw Invalid(
                $"Invalid value: '{size}'. Supported values are: '1024x1024', '1024x1536', '1536x1024', and 'auto'.",
                "size"
            ),
        };

    private sealed class MadeImages(Behaviour behaviour, int count, string size, string quality, long input, long output)
        : Answer(behaviour)
    {
        public override async Task SendAsync(HttpContext context, AnswerStamp stamp, TimeProvider time)
        {
            using var json = new PooledBuffer();
            json.Add("{\"created\":"u8).Add(stamp.Created).Add(",\"background\":\"opaque\",\"output_format\":\"png\",\"quality\":\""u8);
            json.AddEscaped(quality).Add("\",\"size\":\""u8).AddEscaped(size).Add("\",\"data\":["u8);
            for (var i = 0; i < count; i++)
                json.Add(i == 0 ? "{\"b64_json\":\""u8 : ",{\"b64_json\":\""u8).AddEscaped(Pixel).Add("\"}"u8);
            json.Add("]"u8);
            if (BeginsUsage(json, Behaviour))
            {
                var (said, sent) = (Said(output, Behaviour), Behaviour.Has(Fault.ZeroUsage) ? 0 : input);
                json.Add("{\"input_tokens\":"u8).Add(sent).Add(",\"input_tokens_details\":{\"text_tokens\":"u8).Add(sent);
                json.Add(",\"image_tokens\":0},\"output_tokens\":"u8).Add(said);
                json.Add(",\"output_tokens_details\":{\"text_tokens\":0,\"image_tokens\":"u8).Add(said);
                json.Add("},\"total_tokens\":"u8).Add(sent + said).Add("}"u8);
            }
            json.Add("}"u8);
            await PlainBody.SendAsync(context, json, "application/json", Behaviour, time);
        }
    }
}
