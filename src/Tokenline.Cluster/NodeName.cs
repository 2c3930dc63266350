using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Tokenline.Cluster;

/// <summary>What a node does. A node on the embedded default does everything.</summary>
[Flags]
public enum NodeRoles
{
    None = 0,

    /// <summary>Serves the calls of customers.</summary>
    Gateway = 1,

    /// <summary>Hosts charging accounts.</summary>
    Charging = 2,

    /// <summary>Serves the consoles and the management API, and does what is to be done now and then.</summary>
    Portal = 4,

    All = Gateway | Charging | Portal,
}

/// <summary>
/// A run of a node as the whole cluster knows it: it is the silo's name in the membership table, so whoever sees who is alive also sees which run it is and what it does.
/// </summary>
/// <param name="Number">1 to 1,023, of no other live node: the node's part of every id it makes.</param>
/// <param name="Run">As in the charges that it dispatches; numbered by time.</param>
public sealed record NodeName(int Number, long Run, NodeRoles Roles)
{
    private const char Separator = '/';

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Number}{Separator}{Run}{Separator}{Roles.ToString().ToLowerInvariant()}");

    public static bool TryParse(string? text, [NotNullWhen(true)] out NodeName? name)
    {
        name = null;
        if (
            text?.Split(Separator) is not [var number, var run, var roles]
            || !int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var parsedNumber)
            || !long.TryParse(run, NumberStyles.None, CultureInfo.InvariantCulture, out var parsedRun)
            || !Enum.TryParse<NodeRoles>(roles, ignoreCase: true, out var parsedRoles)
        )
            return false;
        name = new(parsedNumber, parsedRun, parsedRoles);
        return true;
    }
}
