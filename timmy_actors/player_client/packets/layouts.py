"""The table of packets. A row: id, name, channel, who sends it, what this client does with it, and its layout.

Who sends it: `server`, `client`, `both`, or `-` if TES3MP does not use it. What this client does: `r` acts on what it
reads, `w` writes, `p` parses and passes over. Every packet: id, the guid of the player or authority, then the layout.
"""

from __future__ import annotations

TABLE = """
137 USER_DISCONNECTED 0 server r
138 CHAT_MESSAGE 0 both rw text:str
139 SYSTEM_HANDSHAKE 0 both rw name:cstr password:cstr
140 LOADED 0 client w
141 GUI_MESSAGEBOX 0 both rw id:i32 type:i32 label:str data:cstr buttons:str?type=1 note:str?type=2|3
142 PLAYER_BASEINFO 2 both rw name:cstr model:cstr race:cstr hair:cstr head:cstr flags:u8 birthsign:cstr reset_stats:bit
143 PLAYER_BEHAVIOR 2 - p
144 PLAYER_CHARGEN 2 both rw state:{2iB3x}
145 PLAYER_SPELLS_ACTIVE 2 both p action:i32 spells:spell*
146 PLAYER_ANIM_FLAGS 2 both rw movement_flags:u32 draw_state:i8 jumping:bit flying:bit no_clip:bit
147 PLAYER_ANIM_PLAY 2 both p group:str mode:i32 count:i32 persist:bit
148 PLAYER_ATTACK 2 both rw @attack
149 PLAYER_ATTRIBUTE 2 both rw full:bit attributes:{40f}?full increases:{8i}?full changes:attribute_change*?!full
150 PLAYER_BOOK 2 both p books:cstr*
151 PLAYER_BOUNTY 2 both r bounty:i32
152 PLAYER_CELL_CHANGE 2 both rw @cell previous:<3f>~0 changing_region:bit region:cstr?changing_region
153 PLAYER_CELL_STATE 2 client w cells:cell_state*
154 PLAYER_CHARCLASS 2 both rw id:str @class?!id
155 PLAYER_DEATH 2 both rw state:i8 killer:killer
156 PLAYER_DISPOSITION 2 - p
157 PLAYER_EQUIPMENT 2 both rw full:bit items:worn*19?full changes:worn_change*?!full
158 PLAYER_FACTION 2 both p action:i32 factions:faction/action*
159 PLAYER_INPUT 2 - p
160 PLAYER_INVENTORY 2 both rw action:i32 items:item*
161 PLAYER_JAIL 2 server p days:i32 ignore_teleport:bit ignore_skills:bit progress_text:cstr end_text:cstr
162 PLAYER_JOURNAL 2 both r items:journal_item*
163 WORLD_KILL_COUNT 0 both p kills:kill*
164 PLAYER_LEVEL 2 both rw level:i32 progress:i32
165 PLAYER_MISCELLANEOUS 2 both p kind:u32 @mark?kind=0 spell_id:cstr?kind=1
166 PLAYER_MOMENTUM 2 server p momentum:<3f>
167 PLAYER_POSITION 2 both rw position:<6f>~3 direction:<6f>~0
168 PLAYER_QUICKKEYS 2 both p keys:quick_key*
169 WORLD_REGION_AUTHORITY 5 server p region:cstr
170 PLAYER_REPUTATION 2 both r reputation:i32
171 PLAYER_RESURRECT 2 both rw type:u32
172 PLAYER_REST 2 - p
173 PLAYER_SHAPESHIFT 2 both p scale:f32 werewolf:bit display_creature_name:bit creature_ref_id:cstr
174 PLAYER_SKILL 2 both rw full:bit skills:{135f}?full changes:stat_change*?!full
175 PLAYER_SPEECH 2 both p sound:str
176 PLAYER_SPELLBOOK 2 both r action:i32 spells:cstr*
177 PLAYER_STATS_DYNAMIC 2 both rw full:bit stats:{15f}?full changes:stat_change*?!full
178 PLAYER_TOPIC 2 both r topics:cstr*
179 ACTOR_LIST 1 both r @cell #actors:u32 action:u8 actors:listed*#
180 ACTOR_AUTHORITY 1 server r @cell
181 ACTOR_TEST 1 - p @cell actors:actor*
182 ACTOR_AI 1 both p @cell actors:actor_ai*
183 ACTOR_ANIM_FLAGS 1 both p @cell actors:actor_flags*
184 ACTOR_ANIM_PLAY 1 both p @cell actors:actor_animation*
185 ACTOR_ATTACK 1 both r @cell actors:actor_attack*
186 ACTOR_CELL_CHANGE 1 both r @cell actors:actor_move*
187 ACTOR_DEATH 1 both r @cell actors:actor_death*
188 ACTOR_EQUIPMENT 1 both p @cell actors:actor_equipment*
189 ACTOR_CAST 1 both p @cell actors:actor_cast*
190 ACTOR_POSITION 1 both r @cell actors:actor_position*
191 ACTOR_SPEECH 1 both p @cell actors:actor_speech*
192 ACTOR_STATS_DYNAMIC 1 both r @cell actors:actor_stats*
193 OBJECT_ACTIVATE 3 both rw @head @cell objects:activated*#
194 OBJECT_ANIM_PLAY 3 both p @head @cell objects:animated*#
195 OBJECT_ATTACH 3 - p @head @cell objects:ref*#
196 OBJECT_SOUND 3 both p @head @cell objects:sounding*#
197 OBJECT_DELETE 3 both rw @head @cell objects:ref*#
198 OBJECT_LOCK 3 both r @head @cell objects:lock*#
199 OBJECT_MOVE 3 both r @head @cell objects:moved*#
200 OBJECT_PLACE 3 both rw @head @cell objects:placed*#
201 OBJECT_HIT 3 both p @head @cell objects:struck*#
202 OBJECT_ROTATE 3 both p @head @cell objects:rotated*#
203 OBJECT_SCALE 3 both p @head @cell objects:scaled*#
204 OBJECT_SPAWN 3 both r @head @cell objects:spawned*#
205 OBJECT_STATE 3 both r @head @cell objects:switched*#
206 OBJECT_TRAP 3 both p @head @cell objects:trap*#
207 CONSOLE_COMMAND 3 both p @head @cell command:cstr objects:target*#
208 CONTAINER 3 both rw @head @cell action:u8 sub_action:u8 objects:container*#
209 DOOR_DESTINATION 3 both r @head @cell objects:door_destination*#
210 DOOR_STATE 3 both rw @head @cell objects:door*#
211 MUSIC_PLAY 3 server p @head objects:music*#
212 VIDEO_PLAY 3 both p @head objects:video*#
213 CLIENT_SCRIPT_LOCAL 3 both p @head @cell objects:script_local*#
214 OBJECT_DIALOGUE_CHOICE 3 both w @head @cell objects:choice*#
215 SCRIPT_MEMBER_SHORT 3 - p origin:u8 script:cstr?origin=3|4 count:u32
216 OBJECT_MISCELLANEOUS 3 both p @head @cell objects:gold_pool*#
217 CLIENT_SCRIPT_GLOBAL 5 both p variables:global*
218 OBJECT_RESTOCK 3 both p @head @cell objects:ref*#
219 GAME_SETTINGS 0 server r difficulty:i32 console:bit bed_rest:bit wilderness_rest:bit wait:bit log_level:i32
    physics_framerate:f32 settings:setting* vr_settings:setting*
220 GAME_PREINIT 0 both rw plugins:plugins
221 CLIENT_SCRIPT_SETTINGS 5 server p scripts:cstr* globals:cstr*
222 CELL_RESET 0 server r cells:cell_only*
223 RECORD_DYNAMIC 5 both p type:u16 #records:u32 records:record/type*#
224 WORLD_COLLISION_OVERRIDE 5 server p players:bit actors:bit placed:bit use_actor_collision:bit ref_ids:cstr*
225 WORLD_MAP 5 both p tiles:tile*
226 WORLD_TIME 5 server r hour:f32 day:i32 month:i32 year:i32 days_passed:i32 time_scale:f32
227 WORLD_WEATHER 5 both r force:bit region:cstr current:i32 next:i32 queued:i32 transition:f32
228 PLAYER_ITEM_USE 2 both p @item using_item_magic:bit draw_state:i8
229 PLAYER_CAST 2 both w @cast position:{6f}~3?has_projectile direction:{6f}?has_projectile
230 PLAYER_ALLY 2 server p allies:u64*
231 WORLD_DESTINATION_OVERRIDE 5 server p overrides:setting*
232 ACTOR_SPELLS_ACTIVE 1 both p @cell actors:actor_spells*
233 PLAYER_COOLDOWNS 2 both p spells:cooldown*
"""
