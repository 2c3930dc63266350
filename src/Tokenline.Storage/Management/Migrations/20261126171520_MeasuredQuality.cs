using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Tokenline.Storage.Management.Migrations
{
    /// <inheritdoc />
    public partial class MeasuredQuality : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "quality_day",
                columns: table => new
                {
                    Deployment = table.Column<string>(type: "TEXT", nullable: false),
                    Day = table.Column<DateOnly>(type: "TEXT", nullable: false),
                    Model = table.Column<string>(type: "TEXT", nullable: false),
                    Vendor = table.Column<string>(type: "TEXT", nullable: false),
                    Served = table.Column<long>(type: "INTEGER", nullable: false),
                    ConnectFailed = table.Column<long>(type: "INTEGER", nullable: false),
                    TimedOut = table.Column<long>(type: "INTEGER", nullable: false),
                    VendorError = table.Column<long>(type: "INTEGER", nullable: false),
                    Limited = table.Column<long>(type: "INTEGER", nullable: false),
                    Refused = table.Column<long>(type: "INTEGER", nullable: false),
                    Broken = table.Column<long>(type: "INTEGER", nullable: false),
                    FirstTokens = table.Column<string>(type: "TEXT", nullable: false),
                    OutputTokens = table.Column<long>(type: "INTEGER", nullable: false),
                    StreamedTokens = table.Column<long>(type: "INTEGER", nullable: false),
                    StreamedMilliseconds = table.Column<long>(type: "INTEGER", nullable: false),
                    EnergyTokens = table.Column<long>(type: "INTEGER", nullable: false),
                    Joules = table.Column<double>(type: "REAL", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_quality_day", x => new { x.Day, x.Deployment });
                });

            migrationBuilder.CreateIndex(
                name: "IX_quality_day_Model_Day",
                table: "quality_day",
                columns: new[] { "Model", "Day" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "quality_day");
        }
    }
}
