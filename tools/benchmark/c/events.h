// The events that every contender works on: a pure function of their number, the same on every machine.
//
// Of 20 events 12 are of videos (a snapshot of counters; one in a hundred registers a video instead), 5 of trends (3 captured, 1 used,
// 1 rescored) and 3 of images (1 added, 2 used). They come a second apart, from 10,000 videos on three platforms.

#pragma once

#include <stddef.h>
#include <stdint.h>

typedef enum { VIDEO_REGISTERED, METRICS_RECORDED, TREND_CAPTURED, TREND_USED, TREND_RESCORED, IMAGE_ADDED, IMAGE_USED } EventKind;

typedef enum {
    MIX,
    /// 10,000 videos, then nothing but snapshots of them.
    SNAPSHOTS,
} EventMix;

typedef struct {
    uint64_t number;
    EventKind kind;
    const char *type, *source;
    char id[48], subject[40], tags[64], rows[80];
    int64_t seconds;
    char sql_time[24];
    /// The row it makes, or that it changes.
    int64_t row;
    char video_id[24], title[64], topic[64], metadata[448], file_path[64], prompt[400], image_tags[64];
    const char *platform, *category, *character, *emotion, *pose;
    int64_t views, likes, comments, shares, saves, watch_time_seconds, file_size_bytes, image_id, scene_number;
    double engagement_rate, relevance_score, quality_score, duration_seconds;
    /// The payload as JSON.
    char data[1024];
    size_t data_length;
} Event;

enum { VIDEOS = 10000, LARGEST_LINE = 2048 };

void event_make(Event *event, EventMix mix, uint64_t number);

/// Its line of NDJSON, a CloudEvent, with the line feed; at most `LARGEST_LINE` bytes.
size_t event_line(const Event *event, char *line);

/// Its record in Spool's format 1, header and checksum included; at most `LARGEST_LINE` bytes.
size_t event_record(const Event *event, uint64_t position, uint8_t *record);
