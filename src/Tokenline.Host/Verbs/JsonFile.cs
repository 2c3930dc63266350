using System.Text.Json;

namespace Tokenline.Host.Verbs;

/// <summary>JSON that a verb sends as it is; <c>-</c> is standard input.</summary>
internal static class JsonFile
{
    public static JsonElement Read(string file)
    {
        if (file != "-" && !File.Exists(file))
            throw new SettingException($"There is no file {file}.");
        try
        {
            return JsonSerializer.Deserialize<JsonElement>(file == "-" ? Console.In.ReadToEnd() : File.ReadAllText(file));
        }
        catch (JsonException e)
        {
            throw new SettingException($"{file} is not JSON: line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}.");
        }
    }
}
