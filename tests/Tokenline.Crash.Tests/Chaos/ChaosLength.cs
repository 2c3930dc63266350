using System.Globalization;

namespace Tokenline.Crash.Tests.Chaos;

/// <summary>The short form takes every trouble once; the long one goes on for so long (<c>CHAOS_MINUTES</c>, <c>CHAOS_SEED</c>).</summary>
internal static class ChaosLength
{
    public static int Seed => (int)Setting("CHAOS_SEED", 1);

    public static TimeSpan Least => TimeSpan.FromMinutes(Setting("CHAOS_MINUTES", 0));

    private static double Setting(string name, double unless) =>
        double.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var value) ? value : unless;
}
