using System.Runtime.InteropServices;

namespace Tokenline.Bench;

/// <summary>Prints what was measured and on what.</summary>
internal static class Report
{
    public static void Machine()
    {
        var model = File.Exists("/proc/cpuinfo")
            ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))
            : null;
        Line(
            $"machine  {model?.Split(':')[1].Trim() ?? "?"}, {Environment.ProcessorCount} cores; {RuntimeInformation.OSDescription}; .NET {Environment.Version}"
        );
    }

    public static void Line(string text) => Console.WriteLine(text);
}
